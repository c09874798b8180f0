package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditVerificationIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final Database pool = Database.connect(database.settings());
  private final PostgresEventStore store = new PostgresEventStore(pool);
  private final AuditSeals seals = new AuditSeals(pool, Duration.ZERO);
  private final AuditVerification verification =
      new AuditVerification(pool, dev.webhookworker.StorageSettings.DEFAULTS);

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void storeEvents() throws Exception {
    store.open();
    List<EventRecord> records = new ArrayList<>();
    long time = System.currentTimeMillis();
    for (int i = 0; i < 2_500; i++) {
      records.add(record("event-" + i, "{}", time + "-" + i, null));
    }
    store.store(records, List.of());
    seal();
    seal();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private int seal() throws Exception {
    try (Connection connection = pool.dataSource().getConnection()) {
      return seals.seal(connection);
    }
  }

  private AuditVerification.Report verify() throws Exception {
    return verification.verify(LocalDate.MIN, LocalDate.MAX, KeptHead.none());
  }

  private void tamper(String sql) throws Exception {
    database.execute("SET session_replication_role = replica; " + sql);
  }

  private long idOf(String eventId) throws Exception {
    return Long.parseLong(
        database
            .column("SELECT id FROM webhook_audit_log WHERE event_id = '" + eventId + "'")
            .get(0));
  }

  @Test
  void anUntouchedLogIsIntact() throws Exception {
    AuditVerification.Report report = verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.days().stream().mapToLong(AuditVerification.Day::rows).sum())
        .isEqualTo(2_500);
    store.store(List.of(record("later", "{}")), List.of());
    assertThat(verify().intact()).as("what is not sealed yet is not judged").isTrue();
    seal();
    assertThat(seal()).isEqualTo(1);
    assertThat(verify().intact()).isTrue();
  }

  @Test
  void aChangedRowIsNamed() throws Exception {
    long id = idOf("event-1234");
    tamper("UPDATE webhook_audit_log SET actor = 'nobody' WHERE id = " + id);
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind, AuditVerification.Finding::rowId)
        .containsExactly(tuple(AuditVerification.Kind.ROW_CHANGED, id));
  }

  @Test
  void aMissingRowIsNamed() throws Exception {
    long id = idOf("event-2499");
    tamper("DELETE FROM webhook_audit_log WHERE id = " + id);
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind, AuditVerification.Finding::rowId)
        .containsExactly(tuple(AuditVerification.Kind.ROW_MISSING, id));
  }

  @Test
  void aRowPutInThePlaceOfAnotherIsNamed() throws Exception {
    long id = idOf("event-7");
    tamper(
        "DELETE FROM webhook_audit_log WHERE id = "
            + id
            + "; INSERT INTO webhook_audit_log OVERRIDING SYSTEM VALUE SELECT "
            + id
            + ", received_at, at, entry_id, event_id, action, attempt, actor, detail"
            + " FROM webhook_audit_log WHERE event_id = 'event-8'");
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind, AuditVerification.Finding::rowId)
        .containsExactly(tuple(AuditVerification.Kind.ROW_CHANGED, id));
  }

  @Test
  void aRowAddedBelowTheSealIsNamed() throws Exception {
    tamper(
        "INSERT INTO webhook_audit_log OVERRIDING SYSTEM VALUE SELECT id, received_at - interval"
            + " '40 days', at, entry_id, 'forged', action, attempt, actor, detail FROM"
            + " webhook_audit_log WHERE event_id = 'event-9'");
    long id = idOf("forged");
    new Janitor(
            pool,
            dev.webhookworker.StorageSettings.DEFAULTS,
            Duration.ofDays(1),
            java.time.Clock.systemUTC())
        .runOnce();
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind, AuditVerification.Finding::rowId)
        .containsExactly(tuple(AuditVerification.Kind.ROW_INSERTED, id));
  }

  @Test
  void aSealThatWasTakenAwayIsNoticed() throws Exception {
    database.execute("DELETE FROM webhook_audit_seal WHERE block = 2");
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind)
        .contains(AuditVerification.Kind.SEAL_BROKEN);
  }

  @Test
  void aDayThatVanishesTogetherWithItsSealsIsNoticed() throws Exception {
    tamper("DELETE FROM webhook_audit_log; DELETE FROM webhook_audit_seal");
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind)
        .contains(AuditVerification.Kind.DAY_MISSING)
        .containsOnly(AuditVerification.Kind.DAY_MISSING);
  }

  @Test
  void aChainThatWasCutIsNoticed() throws Exception {
    tamper(
        "DELETE FROM webhook_audit_log; DELETE FROM webhook_audit_seal;"
            + " DELETE FROM webhook_audit_chain WHERE seq > 1");
    assertThat(verify().findings())
        .extracting(AuditVerification.Finding::kind)
        .contains(AuditVerification.Kind.CHAIN_BROKEN);
  }

  @Test
  void aDayThatIsDroppedAtTheEndOfItsRetentionIsNotMissed() throws Exception {
    AuditVerification.Report before = verify();
    LocalDate day =
        before.days().stream().filter(one -> one.rows() > 0).findFirst().orElseThrow().day();
    try (Connection connection = pool.dataSource().getConnection()) {
      database.execute(
          "SET session_replication_role = replica; DELETE FROM webhook_audit_log WHERE"
              + " (received_at AT TIME ZONE 'UTC')::date = '"
              + day
              + "'");
      seals.forget(connection, day);
    }
    AuditVerification.Report after = verify();
    assertThat(after.findings()).isEmpty();
    assertThat(after.head()).isNotEqualTo(before.head());
    assertThat(database.column("SELECT seq FROM webhook_audit_chain")).isEmpty();
    store.store(List.of(record("later", "{}")), List.of());
    seal();
    assertThat(seal()).isEqualTo(1);
    assertThat(verify().intact()).isTrue();
  }

  @Test
  void aRowOfAnOpenTransactionIsNotSealedOver() throws Exception {
    try (Connection slow = pool.dataSource().getConnection();
        Statement insert = slow.createStatement()) {
      slow.setAutoCommit(false);
      insert.execute(
          "INSERT INTO "
              + pool.table("webhook_audit_log")
              + " (received_at, at, entry_id, event_id, action, attempt, actor)"
              + " VALUES (now(), now(), '1-0', 'slow', 'resolved', 0, 'someone')");
      store.store(List.of(record("fast", "{}")), List.of());
      seal();
      assertThat(seal()).as("the slow transaction may hold a smaller id").isZero();
      slow.commit();
      slow.setAutoCommit(true);
    }
    assertThat(seal()).isEqualTo(2);
    assertThat(verify().intact()).isTrue();
  }

  @Test
  void anEventsStoryIsToldInOrder() throws Exception {
    Instant now = Instant.now();
    String entry = now.minusSeconds(10).toEpochMilli() + "-0";
    store.store(
        List.of(),
        List.of(
            new AuditEntry(
                entry, "told", "retry_scheduled", now.minusSeconds(9), 1, "worker", "in 1s")));
    store.store(List.of(record("told", "{}", entry, null)), List.of());
    store.store(
        List.of(),
        List.of(
            new AuditEntry(entry, "told", "replayed", now.plusSeconds(9), 0, "alice", "ticket")));
    assertThat(new EventStory(pool).of("told", null))
        .extracting(AuditEntry::action)
        .containsExactly("received", "retry_scheduled", "processed", "replayed");
    assertThat(new EventStory(pool).of("told", "another tenant")).isEmpty();
  }
}
