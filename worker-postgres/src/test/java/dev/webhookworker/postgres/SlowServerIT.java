package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.StoreResult;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that takes long, by itself or because somebody has locked what is wanted. */
@Tag("servers")
class SlowServerIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aBatchThatIsTooSlowForTheServersTimeoutIsDividedUntilItPasses() throws Exception {
    try (PostgresEventStore owner = database.store()) {
      owner.open();
    }
    database.execute(
        """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
        CREATE TRIGGER slow BEFORE INSERT ON webhook_events
          FOR EACH ROW EXECUTE FUNCTION slow()
        """);
    String role = "hurried_" + database.schema();
    database.execute("CREATE ROLE " + role + " LOGIN SUPERUSER");
    database.execute("ALTER ROLE " + role + " SET statement_timeout = '500ms'");
    List<EventRecord> records = new ArrayList<>();
    long ms = System.currentTimeMillis();
    for (int i = 0; i < 60; i++) {
      records.add(record("event-" + i, "{}", ms + "-" + i, null));
    }
    AuditEntry line = new AuditEntry(ms + "-0", "event-0", "note", Instant.now(), 1, "w", null);
    try (PostgresEventStore store =
        new PostgresEventStore(Database.connect(database.settings(role)))) {
      assertThat(store.store(records, List.of(line))).hasSize(60).containsOnly(StoreResult.STORED);
    }
    assertThat(database.column("SELECT count(*) FROM webhook_events")).containsExactly("60");
    assertThat(database.column("SELECT event_id FROM webhook_audit_log WHERE action = 'note'"))
        .containsExactly("event-0");
  }

  @Test
  void eachKindOfWorkHasItsOwnLimitForAnAnswer() throws Exception {
    try (Database pool = Database.connect(database.settings());
        Connection patient = pool.patient().getConnection()) {
      assertThat(pool.<Integer, RuntimeException>use(Connection::getNetworkTimeout))
          .as("short calls")
          .isEqualTo(30_000);
      assertThat(pool.<Integer, RuntimeException>bulk(Connection::getNetworkTimeout))
          .as("housekeeping")
          .isEqualTo(3_600_000);
      assertThat(pool.<Integer, RuntimeException>use(Connection::getNetworkTimeout))
          .as("short calls after housekeeping")
          .isEqualTo(30_000);
      assertThat(patient.getNetworkTimeout()).as("migrations").isZero();
    }
  }

  @Test
  void aBatchStaysSmallWhileTheServerIsSlowAndGrowsAgain() {
    AtomicLong nanos = new AtomicLong();
    BatchLimit limit = new BatchLimit(nanos::get);
    assertThat(limit.rows()).isGreaterThan(10_000);
    limit.tooSlow(400);
    assertThat(limit.rows()).isEqualTo(200);
    limit.passed(200);
    assertThat(limit.rows()).isEqualTo(200);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    limit.passed(3);
    assertThat(limit.rows()).isEqualTo(200);
    limit.passed(200);
    assertThat(limit.rows()).isEqualTo(400);
  }

  @Test
  @Timeout(60)
  void anOpenReaderAcrossMidnightKeepsNobodyFromStoring() throws Exception {
    try (PostgresEventStore store = database.store()) {
      store.open();
      store.store(List.of(record("before", "{}")), List.of());
    }
    // The coming days have no partitions, as at midnight of the day after the last one was made.
    for (String table :
        database.column(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
                + " WHERE inhparent IN ('webhook_events'::regclass, 'webhook_audit_log'::regclass)"
                + " AND child.relname NOT LIKE '%default'")) {
      database.execute("DROP TABLE " + table);
    }
    try (PostgresEventStore store = database.store();
        Database pool = Database.connect(database.settings());
        Connection reader = DriverManager.getConnection(server.jdbcUrl());
        Statement reading = reader.createStatement()) {
      reader.setAutoCommit(false);
      reading.executeQuery("SELECT count(*) FROM " + database.schema() + ".webhook_events").close();
      reading
          .executeQuery("SELECT count(*) FROM " + database.schema() + ".webhook_audit_log")
          .close();
      store.store(List.of(record("meanwhile", "{}")), List.of());
      store.open();
      Janitor janitor =
          new Janitor(pool, StorageSettings.DEFAULTS, Duration.ofHours(24), Clock.systemUTC());
      assertThat(janitor.runOnce().problems()).isNotEmpty();
      assertThat(database.column("SELECT event_id FROM webhook_events_default"))
          .containsExactly("meanwhile");
      reader.rollback();
      assertThat(janitor.runOnce().problems()).isEmpty();
      assertThat(database.column("SELECT event_id FROM webhook_events_default")).isEmpty();
      assertThat(database.column("SELECT event_id FROM webhook_events"))
          .containsExactly("meanwhile");
    }
  }
}
