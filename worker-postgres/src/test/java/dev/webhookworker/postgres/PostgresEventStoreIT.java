package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresEventStoreIT {

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final PostgresEventStore store = database.documentedStore();

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"nul\":\"\\u0000\"}",
        "{\"lone\":\"\\ud800\", \"other\":\"\\udc00x\"}",
        "{\"a\":1,\"a\":2, \"b\" : [ ] }",
        "{\"big\":123456789012345678901234567890.123456789012345678901234567890}",
        "{\"exponent\":1e400,\"small\":1E-400}",
        "  [1,  2]\n",
        "\"text\"",
        "{\"emoji\":\"\uD83D\uDE00\",\"escaped\":\"\\uD83D\\uDE00\",\"slash\":\"\\/\"}"
      })
  void aPayloadComesBackExactlyAsItWasReceived(String payload) throws Exception {
    store.open();
    store.store(List.of(record("1", payload)), List.of());
    assertThat(database.column("SELECT payload::text FROM webhook_events"))
        .containsExactly(payload);
  }

  @Test
  void aRowThatIsRefusedIsIsolatedAndTheOthersCommit() throws Exception {
    store.open();
    List<EventRecord> records =
        List.of(
            record("good-1", "{}"),
            record("nul\0", "{}"),
            record("not-json", "{not json: hidden-value"),
            record("deep", "[".repeat(200_000) + "]".repeat(200_000)),
            record("x".repeat(20_000) + Math.random(), "{}"),
            record("good-2", "{}"));
    List<StoreResult> results = store.store(records, List.of());
    assertThat(results.get(0)).isEqualTo(StoreResult.STORED);
    assertThat(results.get(1)).isInstanceOf(StoreResult.Refused.class);
    assertThat(results.get(2)).isInstanceOf(StoreResult.Refused.class);
    assertThat(results.get(3)).isInstanceOf(StoreResult.Refused.class);
    assertThat(results.get(5)).isEqualTo(StoreResult.STORED);
    assertThat(database.column("SELECT event_id FROM webhook_events WHERE event_id LIKE 'good%'"))
        .containsExactlyInAnyOrder("good-1", "good-2");
    assertThat(results.toString()).doesNotContain("hidden-value");
  }

  @Test
  void whatATriggerOfTheUserRefusesIsIsolated() throws Exception {
    store.open();
    database.execute(
        """
        CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.event_id = 'bad' THEN RAISE EXCEPTION 'not this one'; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER picky BEFORE INSERT ON webhook_events
          FOR EACH ROW EXECUTE FUNCTION picky()
        """);
    List<StoreResult> results =
        store.store(List.of(record("good", "{}"), record("bad", "{}")), List.of());
    assertThat(results.get(0)).isEqualTo(StoreResult.STORED);
    assertThat(results.get(1)).isInstanceOf(StoreResult.Refused.class);
  }

  @Test
  void anAuditLineThatIsRefusedTakesNoEventWithIt() throws Exception {
    store.open();
    AuditEntry refused =
        new AuditEntry(
            System.currentTimeMillis() + "-0", "1", "dead_letter", Instant.now(), 1, "w", "nul\0");
    assertThat(store.store(List.of(record("1", "{}")), List.of(refused)))
        .containsExactly(StoreResult.STORED);
  }

  @Test
  void aRedeliveredEventMeetsItsOwnRow() throws Exception {
    store.open();
    EventRecord record = record("1", "{}");
    assertThat(store.isStored("1", record.entryId())).isFalse();
    store.store(List.of(record, record), List.of());
    assertThat(store.store(List.of(record), List.of())).containsExactly(StoreResult.STORED);
    assertThat(store.isStored("1", record.entryId())).isTrue();
    assertThat(database.column("SELECT count(*) FROM webhook_events")).containsExactly("1");
    assertThat(database.column("SELECT action FROM webhook_audit_log"))
        .containsExactly("processed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE webhook_audit_log SET actor = 'x'",
        "DELETE FROM webhook_audit_log",
        "TRUNCATE webhook_audit_log"
      })
  void theAuditLogIsAppendOnly(String change) throws Exception {
    store.open();
    store.store(List.of(record("1", "{}")), List.of());
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> database.execute(change))
        .withMessageContaining("append-only");
    assertThat(database.column("SELECT count(*) FROM webhook_audit_log")).containsExactly("1");
  }

  @Test
  void theAuditLogsPartitionsAreAppendOnlyToo() throws Exception {
    store.open();
    store.store(List.of(record("1", "{}")), List.of());
    String partition =
        database.column("SELECT tableoid::regclass::text FROM webhook_audit_log").get(0);
    for (String change : List.of("DELETE FROM ", "TRUNCATE ")) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> database.execute(change + partition))
          .withMessageContaining("append-only");
    }
  }

  @Test
  void anEventOfADayWithoutAPartitionGoesToTheDefaultOne() throws Exception {
    store.open();
    long longAgo = Instant.parse("2020-02-29T12:00:00Z").toEpochMilli();
    store.store(List.of(record("old", "{}", longAgo + "-0", null), record("new", "{}")), List.of());
    assertThat(database.column("SELECT event_id FROM webhook_events_default"))
        .containsExactly("old");
    assertThat(store.isStored("old", longAgo + "-0")).isTrue();
  }

  @Test
  void aDayThatTheDefaultPartitionHasTakenGetsItsOwnAndItsRows() throws Exception {
    store.open();
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    dropPartition(today);
    dropPartition(today.plusDays(1));
    store.store(List.of(record("1", "{}")), List.of());
    try (PostgresEventStore next = database.store()) {
      next.open();
    }
    assertThat(database.column("SELECT to_regclass('" + partition(today.plusDays(1)) + "')"))
        .doesNotContainNull();
    assertThat(database.column("SELECT event_id FROM " + partition(today))).containsExactly("1");
  }

  private void dropPartition(LocalDate day) throws SQLException {
    database.execute("DROP TABLE " + partition(day));
  }

  private static String partition(LocalDate day) {
    return "webhook_events_" + day.toString().replace("-", "");
  }

  @Test
  void aRoleWithoutTheRightToMakeTablesStores() throws Exception {
    for (boolean migrate : List.of(true, false)) {
      try (PostgresEventStore limited =
          new PostgresEventStore(
              Database.connect(database.documented().settings().withMigrate(migrate)))) {
        limited.open();
        String id = "by-" + migrate;
        assertThat(limited.store(List.of(record(id, "{}")), List.of()))
            .containsExactly(StoreResult.STORED);
      }
    }
    assertThat(database.column("SELECT count(*) FROM webhook_events")).containsExactly("2");
  }

  @Test
  void aMissingRightIsToldWithWhatToGrant() throws Exception {
    store.open();
    String role = database.schema() + "_nobody";
    database.execute("CREATE ROLE " + role + " LOGIN");
    database.execute("GRANT USAGE ON SCHEMA " + database.schema() + " TO " + role);
    try (PostgresEventStore limited =
        new PostgresEventStore(Database.connect(database.settings(role)))) {
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> limited.store(List.of(record("1", "{}")), List.of()))
          .withMessageContaining("42501")
          .withMessageContaining("grant the role");
    }
  }

  @Test
  void errorsContainNeitherRowValuesNorThePassword() throws Exception {
    List<Throwable> errors = new ArrayList<>();
    // The schema is missing: an error of the set-up while a row is at hand.
    try (PostgresEventStore unmade = TestDatabase.fresh(server).store()) {
      errors.add(
          catchThrowableOfType(
              StoreUnavailableException.class,
              () ->
                  unmade.store(
                      List.of(record("hidden-id", "{\"a\":\"hidden-value\"}")), List.of())));
    }
    try (PostgresEventStore nowhere =
        new PostgresEventStore(
            Database.connect(
                new dev.webhookworker.DatabaseSettings(
                    "127.0.0.1",
                    1,
                    "db",
                    "user",
                    dev.webhookworker.Secret.of("s3cret-password"),
                    "disable",
                    1,
                    "worker",
                    true,
                    false)))) {
      errors.add(catchThrowableOfType(StoreUnavailableException.class, nowhere::open));
    }
    for (Throwable error : errors) {
      assertThat(error).isNotNull();
      assertThat(String.valueOf(error.getMessage()))
          .doesNotContain("hidden-id", "hidden-value", "s3cret-password");
    }
  }
}
