package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JanitorIT {

  private final Instant now = Instant.now();
  private static final StorageSettings SETTINGS =
      StorageSettings.DEFAULTS.withAuditSealDelay(Duration.ZERO);

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final Database pool = Database.connect(database.settings());
  private final PostgresEventStore store = new PostgresEventStore(pool);

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Janitor janitor(Instant time) {
    return new Janitor(pool, SETTINGS, Duration.ofHours(24), Clock.fixed(time, ZoneOffset.UTC));
  }

  private static AuditEntry line(String entryId, String eventId, String action) {
    return new AuditEntry(entryId, eventId, action, Instant.now(), 1, "tester", null);
  }

  @Test
  void rowsInTheDefaultPartitionMoveToTheirDayAndTheirEventsStayStoredOnce() throws Exception {
    store.open();
    String entry = now.minus(Duration.ofDays(3)).toEpochMilli() + "-7";
    store.store(List.of(record("1", "{}", entry, null)), List.of(line(entry, "1", "replayed")));
    assertThat(database.column("SELECT count(*) FROM webhook_events_default")).containsExactly("1");
    Janitor.Report report = janitor(now).runOnce();
    assertThat(report.problems()).isEmpty();
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(3);
    assertThat(report.made())
        .contains(
            Partitions.partition(Partitions.EVENTS, day),
            Partitions.partition(Partitions.AUDIT, day));
    assertThat(database.column("SELECT count(*) FROM webhook_events_default")).containsExactly("0");
    assertThat(store.isStored("1", entry)).isTrue();
    store.store(List.of(record("1", "{}", entry, null)), List.of());
    assertThat(database.column("SELECT count(*) FROM webhook_events")).containsExactly("1");
    assertThat(database.column("SELECT action FROM webhook_audit_log ORDER BY id"))
        .containsExactly("processed", "replayed");
    assertThat(database.column("SELECT tableoid::regclass::text FROM webhook_audit_log"))
        .noneMatch(name -> name.contains("default"));
    assertThat(janitor(now).runOnce().made()).isEmpty();
  }

  @Test
  void aMovedAuditLogIsStillAppendOnly() throws Exception {
    store.open();
    String entry = now.minus(Duration.ofDays(2)).toEpochMilli() + "-0";
    store.store(List.of(), List.of(line(entry, "1", "replayed")));
    janitor(now).runOnce();
    String later = now.minus(Duration.ofDays(500)).toEpochMilli() + "-0";
    store.store(List.of(), List.of(line(later, "2", "in the default partition")));
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> database.execute("DELETE FROM webhook_audit_log WHERE event_id = '1'")))
        .hasMessageContaining("append-only");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> database.execute("UPDATE webhook_audit_log_default SET action = 'x'")))
        .hasMessageContaining("append-only");
  }

  @Test
  void daysPastTheirRetentionAreDroppedEventsBeforeAudit() throws Exception {
    store.open();
    String entry = now.toEpochMilli() + "-0";
    store.store(List.of(record("1", "{}", entry, null)), List.of());
    janitor(now.plus(Duration.ofDays(30))).runOnce();
    assertThat(database.column("SELECT event_id FROM webhook_events")).containsExactly("1");
    janitor(now.plus(Duration.ofDays(31))).runOnce();
    assertThat(database.column("SELECT event_id FROM webhook_events")).isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_audit_log")).containsExactly("1");
    Janitor.Report report = janitor(now.plus(Duration.ofDays(91))).runOnce();
    assertThat(report.problems()).isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_audit_log")).isEmpty();
    assertThat(
            database.column("SELECT count(*) FROM webhook_audit_seal WHERE day < current_date + 1"))
        .containsExactly("0");
  }

  @Test
  void inboxRowsAreForgottenAfterTheIdempotencyTtl() throws Exception {
    store.open();
    database.execute(
        "INSERT INTO webhook_inbox (entry_id, event_id, processed_at) VALUES"
            + " ('1-0', 'old', now() - interval '25 hours'),"
            + " ('2-0', 'young', now() - interval '23 hours')");
    assertThat(janitor(now).runOnce().prunedInboxRows()).isEqualTo(1);
    assertThat(database.column("SELECT event_id FROM webhook_inbox")).containsExactly("young");
  }

  @Test
  void oneWorkerIsTheJanitorAtATime() throws Exception {
    store.open();
    try (Connection other = pool.dataSource().getConnection();
        Statement lock = other.createStatement()) {
      lock.execute(
          "SELECT pg_advisory_lock(" + 0x776a + ", hashtext('" + database.schema() + "'))");
      assertThat(janitor(now).runOnce().elected()).isFalse();
      lock.execute("SELECT pg_advisory_unlock_all()");
    }
    assertThat(janitor(now).runOnce().elected()).isTrue();
  }

  @Test
  void aRoleWithoutDdlRightsStoresAndReportsWhatItMayNot() throws Exception {
    try (Database limited = Database.connect(database.documented().settings());
        PostgresEventStore worker = new PostgresEventStore(limited)) {
      worker.open();
      String entry = now.minus(Duration.ofDays(4)).toEpochMilli() + "-0";
      worker.store(List.of(record("1", "{}", entry, null)), List.of());
      assertThat(worker.isStored("1", entry)).isTrue();
      Janitor limitedJanitor =
          new Janitor(limited, SETTINGS, Duration.ofHours(24), Clock.systemUTC());
      limitedJanitor.runOnce();
      Janitor.Report report = limitedJanitor.runOnce();
      assertThat(report.problems()).anyMatch(problem -> problem.contains("own the tables"));
      assertThat(report.sealedRows()).as("sealing needs no DDL").isEqualTo(1);
    }
  }
}
