package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.postgres.AuditVerification.Finding;
import dev.webhookworker.postgres.AuditVerification.Kind;
import dev.webhookworker.spi.Finding.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a writer with the documented role, and what the owner, can do to the audit log unseen. */
@Tag("servers")
class AuditAttacksIT {

  private static final String COPY =
      " at, entry_id, 'forged', action, attempt, actor, detail FROM webhook_audit_log"
          + " WHERE event_id = 'event-1'";

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final DocumentedRole attacker = database.documented();
  private final Database pool = Database.connect(attacker.settings());
  private final PostgresEventStore store = new PostgresEventStore(pool);
  private final AuditSeals seals = new AuditSeals(pool, Duration.ZERO);

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void sealAFewEvents() throws Exception {
    for (int i = 0; i < 3; i++) {
      store.store(List.of(record("event-" + i, "{}")), List.of());
    }
    seal();
    assertThat(seal()).isEqualTo(3);
    assertThat(verify().findings()).isEmpty();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private int seal() throws SQLException {
    try (Connection connection = pool.dataSource().getConnection()) {
      return seals.seal(connection);
    }
  }

  private AuditVerification.Report verify() throws Exception {
    return verify(KeptHead.none());
  }

  private AuditVerification.Report verify(KeptHead kept) throws Exception {
    return new AuditVerification(pool, StorageSettings.DEFAULTS)
        .verify(LocalDate.MIN, LocalDate.MAX, kept);
  }

  /** As a superuser, past the guard of the log. */
  private void asOwner(String sql) throws SQLException {
    database.execute("SET session_replication_role = replica; " + sql);
  }

  private void storeLineOf(Instant at) throws Exception {
    store.store(
        List.of(),
        List.of(new AuditEntry("1-0", "event-1", "replayed", at, 1, "alice", "ticket " + at)));
  }

  private long idOf(String eventId) throws SQLException {
    return Long.parseLong(
        database
            .column("SELECT id FROM webhook_audit_log WHERE event_id = '" + eventId + "'")
            .get(0));
  }

  private dev.webhookworker.spi.Finding doctorOnSeals() {
    WorkerConfig config = WorkerConfig.builder().database(attacker.settings()).build();
    return StorageDiagnosis.of(config).stream()
        .filter(found -> found.check().equals("postgres.audit_seals"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE webhook_audit_log SET actor = 'nobody'",
        "DELETE FROM webhook_audit_log",
        "TRUNCATE webhook_audit_log",
        "INSERT INTO webhook_audit_log OVERRIDING SYSTEM VALUE SELECT 1, received_at," + COPY,
        "DELETE FROM webhook_audit_seal",
        "TRUNCATE webhook_audit_seal",
        "UPDATE webhook_audit_seal SET hash = ''",
        "INSERT INTO webhook_audit_seal VALUES ('2026-01-01', 1, 1, 1, 1, '', '', '2026-01-01')",
        "DELETE FROM webhook_audit_chain",
        "UPDATE webhook_audit_chain SET hash = ''",
        "DELETE FROM webhook_audit_sealed",
        "INSERT INTO webhook_audit_sealed DEFAULT VALUES",
        "UPDATE webhook_audit_sealed SET chain_base = 7",
        "SELECT setval('webhook_audit_log_id_seq', 1)",
        "SELECT nextval('webhook_audit_log_id_seq')",
        "UPDATE webhook_events SET payload = '{}'",
        "DELETE FROM webhook_tools"
      })
  void theDocumentedRoleMayNot(String act) {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> attacker.execute(act))
        .extracting(SQLException::getSQLState)
        .isEqualTo("42501");
  }

  @Test
  void aMarkOfTheFutureStopsNoSealing() throws Exception {
    for (String mark :
        List.of(
            "marked_at = 'infinity'",
            "next_id = 9000000000000000000",
            "next_xid = '9000000000000000000'")) {
      store.store(List.of(record("later " + mark, "{}")), List.of());
      attacker.execute(
          "UPDATE webhook_audit_sealed SET next_id = through_id + 1; "
              + "UPDATE webhook_audit_sealed SET "
              + mark);
      seal();
      assertThat(seal()).as(mark).isEqualTo(1);
    }
    assertThat(verify().findings()).isEmpty();
  }

  @Test
  void aSealingThatWasStoppedIsTold() throws Exception {
    assertThat(doctorOnSeals().status()).isEqualTo(Status.OK);
    attacker.execute("UPDATE webhook_audit_sealed SET next_id = 5, marked_at = clock_timestamp()");
    storeLineOf(Instant.now());
    assertThat(doctorOnSeals().status()).as("it may be sealed in time").isEqualTo(Status.OK);
    storeLineOf(Instant.now().minus(Duration.ofHours(2)));
    AuditVerification.Report report = verify();
    assertThat(report.findings())
        .extracting(Finding::kind, Finding::rowId)
        .contains(tuple(Kind.NOT_SEALED, 5L));
    assertThat(Instant.parse(report.lastSealed()))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(doctorOnSeals().status()).isEqualTo(Status.PROBLEM);
    assertThat(doctorOnSeals().message()).contains("nothing sealed since " + report.lastSealed());
  }

  @Test
  void aProgressThatWasPutBackIsTold() throws Exception {
    attacker.execute("UPDATE webhook_audit_sealed SET through_id = 0");
    assertThat(verify().findings()).extracting(Finding::kind).containsExactly(Kind.SEAL_BROKEN);
  }

  @Test
  void aProgressThatWasPutForwardIsTold() throws Exception {
    attacker.execute("UPDATE webhook_audit_sealed SET through_id = 9000000000000000000");
    storeLineOf(Instant.now());
    seal();
    seal();
    assertThat(verify().findings())
        .extracting(Finding::kind, Finding::rowId)
        .containsExactly(tuple(Kind.ROW_INSERTED, 4L));
  }

  @Test
  void aSealOutsideOfTheChainIsTold() throws Exception {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    attacker.execute(
        "INSERT INTO webhook_audit_seal"
            + " (day, block, first_id, last_id, row_count, hash, row_digests)"
            + " SELECT day + 1, 1, 4, 9000000000000000000, 0, sha256(''), ''"
            + " FROM webhook_audit_seal LIMIT 1");
    assertThat(verify().findings())
        .extracting(Finding::kind)
        .contains(Kind.SEAL_BROKEN)
        .containsOnly(Kind.SEAL_BROKEN);
    assertThat(verify().findings()).extracting(Finding::day).contains(today.plusDays(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'infinity'",
        "'-infinity'",
        "'294276-12-31'",
        "'4713-01-01 BC'",
        "'1582-10-10'",
        "'2190-01-01'",
        "'1970-01-01'"
      })
  void aRowOfAnyDayIsSealedAndLookedAt(String day) throws Exception {
    attacker.execute(
        "INSERT INTO webhook_audit_log"
            + " (received_at, at, entry_id, event_id, action, attempt, actor) VALUES ("
            + day
            + ", now(), '', 'far', 'resolved', 0, 'mallory'), (now(), "
            + day
            + ", '', 'near', 'resolved', 0, 'mallory')");
    seal();
    assertThat(seal()).isEqualTo(2);
    AuditVerification.Report sealed = verify();
    assertThat(sealed.findings()).isEmpty();
    assertThat(sealed.days().stream().mapToLong(AuditVerification.Day::rows).sum()).isEqualTo(5);
    long far = idOf("far");
    asOwner("UPDATE webhook_audit_log SET actor = 'nobody' WHERE id = " + far);
    assertThat(verify().findings())
        .extracting(Finding::kind, Finding::rowId)
        .containsExactly(tuple(Kind.ROW_CHANGED, far));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'2190-01-01'", "'2001-01-01'", "'infinity'", "now()"})
  void aRowPutInAmongTheSealedOnesIsNamedWhateverItsDay(String day) throws Exception {
    for (long id : new long[] {-5, 1, 9_000_000_000_000_000_000L}) {
      asOwner(
          "INSERT INTO webhook_audit_log OVERRIDING SYSTEM VALUE SELECT "
              + id
              + ", "
              + day
              + ","
              + COPY);
      assertThat(verify().findings())
          .extracting(Finding::kind, Finding::rowId)
          .as("id %s", id)
          .containsExactly(tuple(Kind.ROW_INSERTED, id));
      asOwner("DELETE FROM webhook_audit_log WHERE event_id = 'forged'");
    }
  }

  @Test
  void aHeadThatWasKeptShowsThatAllSealsWereMadeAnew() throws Exception {
    AuditVerification.Report before = verify();
    store.store(List.of(record("later", "{}")), List.of());
    seal();
    assertThat(seal()).isEqualTo(1);
    for (String head : List.of(before.head(), headOfItsDay(before))) {
      assertThat(verify(KeptHead.of(head)).findings())
          .as("a chain that has grown since had it")
          .isEmpty();
    }
    asOwner(
        "DELETE FROM webhook_audit_seal; DELETE FROM webhook_audit_chain;"
            + " DELETE FROM webhook_audit_sealed; INSERT INTO webhook_audit_sealed DEFAULT VALUES;"
            + " UPDATE webhook_audit_log SET actor = 'nobody' WHERE event_id = 'event-1'");
    seal();
    assertThat(seal()).isEqualTo(4);
    assertThat(verify().findings()).as("the log agrees with itself").isEmpty();
    for (String head : List.of(before.head(), headOfItsDay(before))) {
      assertThat(verify(KeptHead.of(head)).findings())
          .extracting(Finding::kind)
          .containsExactly(Kind.HEAD_UNKNOWN);
    }
  }

  private static String headOfItsDay(AuditVerification.Report report) {
    return report.days().stream().filter(day -> day.rows() > 0).findFirst().orElseThrow().head();
  }

  @Test
  void aHeadIsLookedForInAllDays() throws Exception {
    String head = headOfItsDay(verify());
    LocalDate past = LocalDate.of(2001, 1, 1);
    AuditVerification verification = new AuditVerification(pool, StorageSettings.DEFAULTS);
    assertThat(verification.verify(past, past, KeptHead.of(head)).findings()).isEmpty();
    assertThat(verification.verify(past, past, KeptHead.of("00".repeat(32))).findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.HEAD_UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "no head at all", "zz"})
  void whatIsNoHeadIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeptHead.of(text))
        .withMessageContaining("64 hexadecimal digits");
  }

  @Test
  void sealsThatWereMadeAnewAreMuchYoungerThanTheirRows() throws Exception {
    asOwner("UPDATE webhook_audit_seal SET sealed_at = now() - interval '5 days'");
    for (int days = 5; days >= 0; days--) {
      storeLineOf(Instant.now().minus(Duration.ofDays(days)));
      seal();
      assertThat(seal()).isEqualTo(1);
    }
    assertThat(verify().findings()).isEmpty();
    asOwner(
        "DELETE FROM webhook_audit_seal; DELETE FROM webhook_audit_chain;"
            + " DELETE FROM webhook_audit_sealed; INSERT INTO webhook_audit_sealed DEFAULT VALUES");
    seal();
    assertThat(seal()).isEqualTo(9);
    assertThat(verify().findings()).extracting(Finding::kind).containsExactly(Kind.SEALED_ANEW);
  }

  @Test
  void aLogThatStoodForDaysAfterAShortFirstRunIsNotTakenForOneSealedAnew() throws Exception {
    asOwner(
        "DELETE FROM webhook_audit_seal; DELETE FROM webhook_audit_chain;"
            + " DELETE FROM webhook_audit_sealed; INSERT INTO webhook_audit_sealed DEFAULT VALUES;"
            + " UPDATE webhook_audit_log SET at = now() - interval '3 days'");
    store.store(List.of(record("after the weekend", "{}")), List.of());
    seal();
    assertThat(seal()).isEqualTo(4);
    assertThat(verify().findings()).isEmpty();
  }

  @Test
  void whereTheOwnerSealsTheRoleStoresAndCanNotHinderIt() throws Exception {
    attacker.revoke("INSERT ON " + pool.table("webhook_audit_chain"));
    attacker.revoke(
        "INSERT (day, block, first_id, last_id, row_count, hash, row_digests) ON "
            + pool.table("webhook_audit_seal"));
    attacker.revoke(
        "UPDATE (through_id, next_id, next_xid, marked_at, chain_head, chain_head_link) ON "
            + pool.table("webhook_audit_sealed"));
    store.store(List.of(record("later", "{}")), List.of());
    assertThatExceptionOfType(SQLException.class).isThrownBy(this::seal);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> attacker.execute("UPDATE webhook_audit_sealed SET through_id = 0"));
    assertThat(doctorOnSeals().status()).isEqualTo(Status.OK);
    try (Database owner = Database.connect(database.settings());
        Connection connection = owner.dataSource().getConnection()) {
      AuditSeals ofTheOwner = new AuditSeals(owner, Duration.ZERO);
      ofTheOwner.seal(connection);
      assertThat(ofTheOwner.seal(connection)).isEqualTo(1);
    }
    assertThat(verify().findings()).isEmpty();
  }
}
