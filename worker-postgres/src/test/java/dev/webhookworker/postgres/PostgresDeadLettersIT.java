package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterRetry;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.EventFilter;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dlq.DeadLettersConformance;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DlqRetries;
import dev.webhookworker.port.EntryFields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table answers; the queue is in memory. */
@Tag("servers")
class PostgresDeadLettersIT extends DeadLettersConformance {

  private static EmbeddedPostgresServer server;

  private static TestDatabase database;

  private final InMemoryModule memory = InMemoryModule.create();

  @BeforeAll
  static void startServer() throws Exception {
    server = EmbeddedPostgresServer.start();
    database = TestDatabase.fresh(server);
    database.documented();
  }

  @BeforeEach
  void emptyTables() throws Exception {
    database.execute(
        "TRUNCATE webhook_events, webhook_dlq, webhook_dlq_position, webhook_dlq_refused, webhook_inbox");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected WorkerConfig.Builder config() {
    return super.config().database(database.documented().settings());
  }

  @Override
  protected WorkerBuilder builder(WorkerConfig config) {
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new PostgresModule())
        .install(memory);
  }

  @Override
  protected void publish(Map<String, String> fields) {
    memory.publish(fields);
  }

  @Override
  protected boolean keepsWhatIsOver() {
    return true;
  }

  static DeadLetterTable.Row row(String entryId, String position, byte[] payload) {
    Instant at = Instant.parse("2026-01-02T03:04:05.123456Z");
    DeadLetterRecord record =
        new DeadLetterRecord(
            "retries_exhausted",
            "java.io.IOException",
            "down",
            "0123",
            true,
            1,
            List.of(new Attempt(1, at, "java.io.IOException", "down")),
            at,
            at,
            "worker",
            "tool",
            "ten\u0000ant",
            Set.of("first"),
            DlqRetries.NONE.with(new DeadLetterRetry(at, "ann")),
            42);
    EntryFields fields =
        EntryFields.builder(3)
            .add("event_id", "1".getBytes(StandardCharsets.UTF_8))
            .add("event_type", new byte[] {'a', 0, (byte) 0xff})
            .add("payload", payload)
            .build();
    return new DeadLetterTable.Row(
        new DeadLetterEntry(position, entryId, fields, record), false, at);
  }

  @Test
  void whatIsDrainedTwiceIsOneRowAndAnOlderStateChangesNothing() throws Exception {
    try (PostgresEventStore store = database.documentedStore()) {
      store.open();
      DeadLetterTable table = store.deadLetters().orElseThrow();
      long fence = table.takeOver("dlq");
      byte[] payload = {'{', 0, (byte) 0xfe, '}'};
      assertThat(table.drain("dlq", fence, List.of(row("5-1", "9-1", payload)), "9-1"))
          .isEqualTo(1);
      assertThat(table.drainedTo("dlq")).isEqualTo("9-1");
      assertThat(table.drainedTo("another")).isNull();
      table.retrying(List.of("5-1"), Instant.now());
      assertThat(table.drain("dlq", fence, List.of(row("5-1", "9-1", payload)), null)).isZero();
      assertThat(table.find("5-1").orElseThrow().summary().status())
          .isEqualTo(DeadLetterStatus.RETRYING);
      assertThat(table.drain("dlq", fence, List.of(row("5-1", "10-0", payload)), "10-0"))
          .isEqualTo(1);
      var found = table.find("5-1").orElseThrow();
      assertThat(found.summary().status()).isEqualTo(DeadLetterStatus.PENDING);
      assertThat(found.entry().fields().bytes("payload")).isEqualTo(payload);
      assertThat(found.entry().record().completed()).containsExactly("first");
      assertThat(found.entry().record().fencingToken()).isEqualTo(42);
      assertThat(found.entry().record().retries().count()).isEqualTo(1);
      assertThat(table.count(DeadLetterFilter.ALL)).isEqualTo(1);
    }
  }

  @Test
  void aRetryThatHasEndedAsADuplicateIsResolvedWithALineInTheAuditLog() throws Exception {
    try (PostgresEventStore store = database.documentedStore()) {
      DeadLetterTable table = store.deadLetters().orElseThrow();
      String entry = System.currentTimeMillis() + "-7";
      long fence = table.takeOver("dlq");
      table.drain("dlq", fence, List.of(row(entry, "9-1", new byte[] {'1'})), "9-1");
      table.retrying(List.of(entry), Instant.now());
      table.ended(List.of(entry), Instant.now());
      assertThat(table.find(entry).orElseThrow().summary().status())
          .as("not stored: lost by the queue")
          .isEqualTo(DeadLetterStatus.PENDING);
      table.retrying(List.of(entry), Instant.now());
      store.store(List.of(TestDatabase.record("1", "{}")), List.of());
      table.ended(List.of(entry), Instant.now());
      assertThat(table.find(entry).orElseThrow().summary().status())
          .isEqualTo(DeadLetterStatus.RESOLVED);
      assertThat(
              database.column(
                  "SELECT action FROM webhook_audit_log WHERE entry_id = '" + entry + "'"))
          .containsExactly("dlq_resolved");
    }
  }

  @Test
  void aDiscardThatFailsHalfwayLeavesQueueAndTableOfOneMind() throws Exception {
    Worker worker = start(BY_HAND);
    publish("half", "invoice", "acme", "{}");
    awaitInTable("pending");
    String id = worker.deadLetters().list(DeadLetterFilter.OPEN, null, 10).items().get(0).id();
    database.execute(
        """
        CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END $$;
        CREATE TRIGGER away BEFORE UPDATE ON webhook_dlq FOR EACH ROW
          WHEN (NEW.status = 'discarded') EXECUTE FUNCTION away()
        """);
    try {
      assertThat(catchThrowable(() -> worker.deadLetters().discard(id, "ann", "a test")))
          .isNotNull();
      assertThat(memory.deadLetters()).as("still open, as its row says").hasSize(1);
    } finally {
      database.execute("DROP TRIGGER away ON webhook_dlq");
      database.execute("DROP FUNCTION away()");
    }
    assertThat(worker.deadLetters().discard(id, "ann", "a test")).isEqualTo(DeadLetterResult.DONE);
    assertThat(memory.deadLetters()).isEmpty();
  }

  @Test
  void aDiscardThatACrashCutShortIsFinishedByTheWorker() throws Exception {
    Worker worker = start(BY_HAND);
    publish("cut", "invoice", "acme", "{}");
    awaitInTable("pending");
    String id = worker.deadLetters().list(DeadLetterFilter.OPEN, null, 10).items().get(0).id();
    try (PostgresEventStore store = database.documentedStore()) {
      store.deadLetters().orElseThrow().discarding(List.of(id), Instant.now());
    }
    await()
        .atMost(Duration.ofSeconds(15))
        .until(
            () ->
                memory.deadLetters().isEmpty()
                    && database.column("SELECT 1 FROM webhook_dlq WHERE leaving").isEmpty());
    assertThat(database.column("SELECT status FROM webhook_dlq")).containsExactly("discarded");
  }

  private static void awaitInTable(String status) {
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> database.column("SELECT status FROM webhook_dlq").equals(List.of(status)));
  }

  @Test
  void aDeadLetterThatTheTableRefusesIsListedCountedAndRetried() throws Exception {
    database.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not this one'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON webhook_dlq FOR EACH ROW
          WHEN (NEW.event_id = 'refused') EXECUTE FUNCTION refuse()
        """);
    try {
      Worker worker = start(BY_HAND);
      publish("refused", "push", "acme", "{}");
      publish("taken", "push", "acme", "{}");
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> worker.deadLetters().count(DeadLetterFilter.OPEN) == 2);
      await().until(() -> database.column("SELECT entry_id FROM webhook_dlq_refused").size() == 1);
      DeadLetterPage first = worker.deadLetters().list(DeadLetterFilter.OPEN, null, 1);
      DeadLetterPage second = worker.deadLetters().list(DeadLetterFilter.OPEN, first.next(), 1);
      assertThat(first.items().get(0).eventId()).isEqualTo("taken");
      assertThat(second.items().get(0).eventId()).isEqualTo("refused");
      assertThat(worker.deadLetters().groups(DeadLetterFilter.OPEN, 10))
          .anyMatch(group -> group.count() == 2);
      broken = false;
      String id = second.items().get(0).id();
      assertThat(worker.deadLetters().retry(id, "ann")).isEqualTo(DeadLetterResult.DONE);
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> database.column("SELECT event_id FROM webhook_events").contains("refused"));
      await().until(() -> database.column("SELECT entry_id FROM webhook_dlq_refused").isEmpty());
    } finally {
      database.execute("DROP TRIGGER refuse ON webhook_dlq");
      database.execute("DROP FUNCTION refuse()");
    }
  }

  @Test
  void whoWasOvertakenWritesNothingMore() throws Exception {
    try (PostgresEventStore store = database.documentedStore()) {
      DeadLetterTable table = store.deadLetters().orElseThrow();
      long stale = table.takeOver("dlq");
      DeadLetterTable.Row row = row("5-1", "9-1", new byte[] {'1'});
      assertThat(table.drain("dlq", stale, List.of(row), "9-1")).isEqualTo(1);
      long fence = table.takeOver("dlq");
      assertThat(fence).isGreaterThan(stale);
      // Ended and purged by then: a stale page must not bring it back.
      table.discarding(List.of("5-1"), Instant.now());
      assertThat(table.purge(Instant.now(), null)).as("it is still in the queue").isZero();
      table.discarded(List.of("5-1"));
      assertThat(table.purge(Instant.now(), null)).isEqualTo(1);
      assertThat(table.drain("dlq", stale, List.of(row), "9-1"))
          .isEqualTo(DeadLetterTable.OVERTAKEN);
      assertThat(table.count(DeadLetterFilter.ALL)).isZero();
      assertThat(table.drain("dlq", fence, List.of(row), "9-2")).isEqualTo(1);
      assertThat(table.drainedTo("dlq")).isEqualTo("9-2");
    }
  }

  @Test
  void aReplayRunsStoredEventsOnceMoreUnderEachName() throws Exception {
    WorkerConfig config = config().build();
    try (Worker worker = builder(config).build()) {
      worker.start();
      for (int i = 0; i < 30; i++) {
        memory.publish("event-" + i, i % 2 == 0 ? "push" : "invoice", "{\"n\":" + i + "}");
      }
      EventFilter pushes = EventFilter.ALL.withEventType("push");
      awaitStored(worker, pushes, 15);
      ReplayPlan plan = new ReplayPlan("bug-17", 100, 10_000);
      assertThat(worker.events().replayAll(pushes, plan, "ann", ignored -> {})).isEqualTo(15);
      awaitStored(worker, pushes, 30);
      EventFilter original = EventFilter.ALL.withEventId("event-0");
      String entryId = worker.events().search(original, null, 10).items().get(0).entryId();
      EventFilter replayed = EventFilter.ALL.withEventId("event-0~bug-17~" + entryId);
      StoredEvent again = worker.events().search(replayed, null, 10).items().get(0);
      assertThat(again.payload()).isEqualTo("{\"n\":0}");
      assertThat(again.metadata()).contains("replayed_from").contains("\"event-0\"");
      assertThat(worker.events().story("event-0"))
          .anyMatch(line -> line.action().equals("replayed") && line.actor().equals("ann"));

      EventFilter first = EventFilter.ALL.withEventId("event-0");
      worker.events().replayAll(first, plan, "ann", ignored -> {});
      await().until(() -> worker.stats().duplicates() == 1);
      assertThat(worker.events().count(pushes)).isEqualTo(30);

      assertThat(worker.events().replayAll(pushes, plan, "ann", ignored -> {}))
          .as("what a replay made is not replayed in turn")
          .isEqualTo(15);
      await().until(() -> worker.stats().duplicates() == 16);
      assertThat(worker.events().count(pushes)).isEqualTo(30);
    }
  }

  @Test
  void twoEventsOfOneIdAreBothReplayed() throws Exception {
    WorkerConfig config = config().build();
    try (Worker worker = builder(config).build()) {
      worker.start();
      memory.publish("same", "push", "{}");
      awaitStored(worker, EventFilter.ALL, 1);
      database.execute(
          "INSERT INTO webhook_events (event_id, received_at, entry_id, event_type, tool_id,"
              + " tenant_id, payload, correlation_id, attempt, processed_at, worker) SELECT"
              + " event_id, received_at - interval '1 minute', '5-1', event_type, tool_id,"
              + " 'another tenant', payload, correlation_id, attempt, processed_at, worker FROM"
              + " webhook_events");
      worker
          .events()
          .replayAll(EventFilter.ALL, new ReplayPlan("bug-17", 100, 10_000), "ann", ignored -> {});
      awaitStored(worker, EventFilter.ALL, 4);
    }
  }

  private static void awaitStored(Worker worker, EventFilter filter, long count) {
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreExceptions()
        .until(() -> worker.events().count(filter) == count);
  }
}
