package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.DeadLetterFilter;
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
import org.junit.jupiter.api.Test;

/** The table answers; the queue is in memory. */
class PostgresDeadLettersIT extends DeadLettersConformance {

  private static EmbeddedPostgresServer server;

  private static TestDatabase database;

  private final InMemoryModule memory = InMemoryModule.create();

  @BeforeAll
  static void startServer() throws Exception {
    server = EmbeddedPostgresServer.start();
    database = TestDatabase.fresh(server);
    try (PostgresEventStore store = database.store()) {
      store.open();
    }
  }

  @BeforeEach
  void emptyTables() throws Exception {
    database.execute("TRUNCATE webhook_events, webhook_dlq, webhook_dlq_position, webhook_inbox");
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected WorkerConfig.Builder config() {
    return super.config().database(database.settings());
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

  private static DeadLetterTable.Row row(String entryId, String position, byte[] payload) {
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
    try (PostgresEventStore store = database.store()) {
      store.open();
      DeadLetterTable table = store.deadLetters().orElseThrow();
      byte[] payload = {'{', 0, (byte) 0xfe, '}'};
      assertThat(table.drain("dlq", List.of(row("5-1", "9-1", payload)), "9-1")).isEqualTo(1);
      assertThat(table.drainedTo("dlq")).isEqualTo("9-1");
      assertThat(table.drainedTo("another")).isNull();
      table.retrying(List.of("5-1"), Instant.now());
      assertThat(table.drain("dlq", List.of(row("5-1", "9-1", payload)), null)).isZero();
      assertThat(table.find("5-1").orElseThrow().summary().status())
          .isEqualTo(DeadLetterStatus.RETRYING);
      assertThat(table.drain("dlq", List.of(row("5-1", "10-0", payload)), "10-0")).isEqualTo(1);
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
    try (PostgresEventStore store = database.store()) {
      DeadLetterTable table = store.deadLetters().orElseThrow();
      String entry = System.currentTimeMillis() + "-7";
      table.drain("dlq", List.of(row(entry, "9-1", new byte[] {'1'})), "9-1");
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
  void listingCountingAndLookingForWorkUseIndexes() throws Exception {
    try (PostgresEventStore store = database.store()) {
      store.open();
    }
    String before;
    try (PostgresEventStore store = database.store()) {
      database.execute(
          """
          INSERT INTO webhook_dlq (entry_id, event_id, event_type, payload, error_message, status,
            tenant_id, fingerprint, dead_at, next_retry_at, last_retry_at)
          SELECT n || '-0', 'event-' || n, 'push', repeat('x', 200), 'down',
            CASE WHEN n % 100 = 0 THEN 'failed' WHEN n % 100 = 1 THEN 'retrying'
              ELSE 'resolved' END,
            'tenant-' || n % 200, 'cause-' || n % 300,
            '2026-01-01'::timestamptz + n * interval '1 second', NULL, now()
          FROM generate_series(1, 30000) n
          """);
      database.execute("VACUUM ANALYZE webhook_dlq");
      // The migration has read the table as well; the statistics of closed connections arrive late.
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
      before = sequentialScans();
      DeadLetterTable table = store.deadLetters().orElseThrow();
      DeadLetterFilter failed = DeadLetterFilter.ALL.withStatuses(Set.of(DeadLetterStatus.FAILED));
      var page = table.page(failed, null, 20, false);
      assertThat(table.page(failed, page.next(), 20, false).items()).hasSize(20);
      assertThat(table.page(DeadLetterFilter.ALL, null, 20, true).items()).hasSize(20);
      assertThat(table.page(DeadLetterFilter.OPEN.withTenantId("tenant-0"), null, 20, true).items())
          .hasSize(20);
      assertThat(table.count(failed)).isEqualTo(300);
      assertThat(table.count(failed.withFingerprint("cause-0"))).isEqualTo(100);
      assertThat(table.due(Instant.now(), 10)).isEmpty();
      assertThat(table.retryingSince(Instant.now().plusSeconds(9), 10)).hasSize(10);
      assertThat(table.drain("dlq", List.of(row("5-1", "9-1", new byte[] {'1'})), "9-1"))
          .isEqualTo(1);
    }
    // Connections report what they did when they are closed.
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(
                        Long.parseLong(
                            database
                                .column(
                                    "SELECT sum(idx_scan) FROM pg_stat_user_tables WHERE"
                                        + " schemaname = '"
                                        + database.schema()
                                        + "' AND relname = 'webhook_dlq'")
                                .get(0)))
                    .isGreaterThanOrEqualTo(8));
    assertThat(sequentialScans()).isEqualTo(before);
  }

  private String sequentialScans() throws Exception {
    return database
        .column(
            "SELECT seq_scan FROM pg_stat_user_tables WHERE schemaname = '"
                + database.schema()
                + "' AND relname = 'webhook_dlq'")
        .get(0);
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
      EventFilter replayed = EventFilter.ALL.withEventId("event-0~bug-17");
      StoredEvent again = worker.events().search(replayed, null, 10).items().get(0);
      assertThat(again.payload()).isEqualTo("{\"n\":0}");
      assertThat(again.metadata()).contains("replayed_from").contains("\"event-0\"");
      assertThat(worker.events().story("event-0"))
          .anyMatch(line -> line.action().equals("replayed") && line.actor().equals("ann"));

      EventFilter first = EventFilter.ALL.withEventId("event-0");
      worker.events().replayAll(first, plan, "ann", ignored -> {});
      await().until(() -> worker.stats().duplicates() == 1);
      assertThat(worker.events().count(pushes)).isEqualTo(30);
    }
  }

  private static void awaitStored(Worker worker, EventFilter filter, long count) {
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreExceptions()
        .until(() -> worker.events().count(filter) == count);
  }
}
