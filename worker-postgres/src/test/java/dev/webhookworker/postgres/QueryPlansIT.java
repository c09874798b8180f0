package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.EventFilter;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EventKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The plans of the queries that meet big tables, on generated rows. */
@Tag("servers")
class QueryPlansIT {

  private static final int DEAD = 30_000;

  /** A day's; there are three days. */
  private static final int EVENTS = 20_000;

  private static final DeadLetterFilter FAILED =
      DeadLetterFilter.ALL.withStatuses(Set.of(DeadLetterStatus.FAILED));

  private static EmbeddedPostgresServer server;
  private static TestDatabase database;
  private static ExplainingDataSource explaining;
  private static Database explained;

  @BeforeAll
  static void generate() throws Exception {
    server = EmbeddedPostgresServer.start();
    database = TestDatabase.fresh(server);
    try (PostgresEventStore store = database.store()) {
      store.open();
    }
    database.execute(
        """
        INSERT INTO webhook_dlq (entry_id, event_id, event_type, payload, error_message, status,
          tenant_id, fingerprint, dead_at, next_retry_at, last_retry_at, dlq_ms)
        SELECT n || '-0', 'event-' || n, 'push', repeat('x', 800), 'down',
          CASE WHEN n %% 100 = 0 THEN 'failed' WHEN n %% 100 = 1 THEN 'retrying'
            WHEN n %% 100 = 2 THEN 'pending' ELSE 'resolved' END,
          'tenant-' || n %% 200, 'cause-' || n %% 300,
          '2026-01-01'::timestamptz + n * interval '1 second',
          '2026-01-01'::timestamptz + n * interval '1 second', now(), n
        FROM generate_series(1, %d) n
        """
            .formatted(DEAD));
    database.execute(
        """
        INSERT INTO webhook_events (event_id, received_at, entry_seq, entry_id, event_type, tool_id, payload,
          correlation_id, attempt, processed_at, worker)
        SELECT 'event-' || day || '-' || n,
          date_trunc('day', now(), 'UTC') + day * interval '1 day' + n * interval '4 seconds',
          0, n || '-0', CASE WHEN n %% 50 = 0 THEN 'invoice' ELSE 'push' END, 'default',
          '{"x":"0123456789012345678901234567890123456789"}', 'c', 1, now(), 'w'
        FROM generate_series(0, 2) day, generate_series(1, %d) n
        """
            .formatted(EVENTS));
    database.execute(
        """
        INSERT INTO webhook_audit_log (received_at, at, entry_id, event_id, action, attempt, actor)
        SELECT received_at, processed_at, entry_id, event_id, 'processed', 1, worker
        FROM webhook_events
        """);
    database.execute("VACUUM ANALYZE");
    explaining = new ExplainingDataSource(server.jdbcUrl());
    explained = new Database(explaining.dataSource(), false, database.settings());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forgetPlans() {
    explaining.plans();
  }

  /** No plan since the last call reads a whole big table. */
  private static void assertIndexed(int queries) throws Exception {
    List<String> plans = explaining.plans();
    assertThat(plans).hasSizeGreaterThanOrEqualTo(queries);
    List<String> big =
        database.column(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000 AND relname"
                + " LIKE 'webhook%'");
    assertThat(big).as("big tables").hasSizeGreaterThanOrEqualTo(7);
    for (String plan : plans) {
      for (String table : big) {
        assertThat(plan).doesNotContain("Seq Scan on " + table + " ");
      }
    }
  }

  private static DeadLetterTable deadLetters() {
    return new PostgresDeadLetters(explained);
  }

  private static Instant noon() throws Exception {
    return Instant.parse(
        database
            .column(
                "SELECT to_char((date_trunc('day', now(), 'UTC') + interval '12 hours')"
                    + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
            .get(0));
  }

  @Test
  void deadLettersAreListedAndCountedByIndex() throws Exception {
    DeadLetterTable table = deadLetters();
    for (DeadLetterFilter filter :
        List.of(
            DeadLetterFilter.ALL,
            DeadLetterFilter.OPEN,
            FAILED,
            DeadLetterFilter.OPEN.withTenantId("tenant-0"),
            DeadLetterFilter.OPEN.withFingerprint("cause-0"))) {
      DeadLetterPage page = table.page(filter, null, 10, true);
      assertThat(page.items()).hasSize(10);
      assertThat(table.page(filter, page.next(), 10, true).items()).isNotEmpty();
      assertThat(table.page(filter, null, 10, false).items()).hasSize(10);
      assertThat(table.find(page.items().get(0).id())).isPresent();
    }
    assertThat(table.count(FAILED)).isEqualTo(DEAD / 100);
    assertThat(table.count(DeadLetterFilter.OPEN)).isEqualTo(3 * DEAD / 100);
    assertThat(table.count(FAILED.withFingerprint("cause-0"))).isEqualTo(100);
    assertThat(table.count(DeadLetterFilter.OPEN.withTenantId("tenant-0"))).isEqualTo(150);
    assertThat(table.groups(DeadLetterFilter.OPEN, 20)).isNotEmpty();
    assertIndexed(25);
  }

  @Test
  void theWorkOnDeadLettersIsFoundByIndex() throws Exception {
    DeadLetterTable table = deadLetters();
    assertThat(table.due(Instant.now(), 10)).hasSize(10);
    assertThat(table.retryingSince(Instant.now().plusSeconds(9), 10)).hasSize(10);
    List<String> some = List.of("5-0", "6-0");
    table.retrying(some, Instant.now());
    table.postpone(some, Instant.now());
    table.reopened(some);
    table.ended(some, Instant.now());
    table.discarding(some, Instant.now());
    table.discarded(some);
    table.beingDiscarded(10);
    long fence = table.takeOver("dlq");
    table.drainedTo("dlq");
    table.drain(
        "dlq", fence, List.of(PostgresDeadLettersIT.row("5-1", "9-1", new byte[] {'1'})), "9-1");
    assertIndexed(8);
  }

  @Test
  void aReplayOfABigDayReadsItsPagesByIndexWithoutSorting() throws Exception {
    PostgresHistory history = new PostgresHistory(explained);
    Instant noon = noon();
    EventFilter day = EventFilter.ALL.withReceived(noon.minusSeconds(43_200), noon);
    StoredEventPage page = history.search(day, null, 200);
    history.search(day, page.next(), 200);
    history.search(day.withEventType("invoice"), page.next(), 50);
    history.search(EventFilter.ALL, page.next(), 200);
    history.latest(EventFilter.ALL, 50);
    for (String plan : explaining.plans()) {
      assertThat(plan)
          .containsPattern("Incremental Sort|Index Scan")
          .doesNotContainPattern("(?m)^ *(-> +)?Sort  [(]");
      assertThat(plan).doesNotContain("Seq Scan on webhook_events_2");
    }
  }

  @Test
  void anEventAndItsStoryAreFoundByIndex() throws Exception {
    PostgresHistory history = new PostgresHistory(explained);
    Instant noon = noon();
    assertThat(history.search(EventFilter.ALL.withEventId("event-1-77"), null, 9).items())
        .hasSize(1);
    assertThat(history.count(EventFilter.ALL.withReceived(noon.minusSeconds(3600), noon)))
        .isEqualTo(900);
    assertThat(new EventStory(explained).of("event-1-77", null)).hasSize(2);
    PostgresEventStore store = new PostgresEventStore(explained);
    assertThat(store.isStored("event-1-77", "9-9")).isFalse();
    assertThat(store.storedLater("event-1-77", null, "9-9")).isPresent();
    assertThat(store.stored(List.of(new EventKey("event-1-77", "9-9"), new EventKey("x", "9-8"))))
        .isEmpty();
    assertThat(store.known(List.of(new EventKey("event-1-77", "9-9")))).isEmpty();
    assertIndexed(6);
  }
}
