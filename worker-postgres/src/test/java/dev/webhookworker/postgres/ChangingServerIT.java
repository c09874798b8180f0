package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server behind the name is another one, or wants another password. */
@Tag("servers")
class ChangingServerIT {

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
  private final TestDatabase database = TestDatabase.fresh(server);

  @AfterEach
  void stop() {
    server.close();
  }

  private static DatabaseSettings at(DatabaseSettings settings, int port) {
    return new DatabaseSettings(
        settings.host(),
        port,
        settings.name(),
        settings.user(),
        settings.password(),
        settings.sslMode(),
        settings.poolSize(),
        settings.schema(),
        settings.migrate(),
        settings.transactionalInbox());
  }

  @Test
  void aSwitchoverIsFollowedAlthoughTheOldPrimaryAnswers() throws Exception {
    try (EmbeddedPostgresServer next = EmbeddedPostgresServer.start();
        SwitchedPort name = new SwitchedPort(server.port())) {
      try (PostgresEventStore schema =
          new PostgresEventStore(Database.connect(at(database.settings(), next.port())))) {
        schema.open();
      }
      try (PostgresEventStore store =
          new PostgresEventStore(Database.connect(at(database.settings(), name.port())))) {
        store.open();
        store.store(List.of(record("before", "{}")), List.of());
        database.execute("ALTER SYSTEM SET default_transaction_read_only = on");
        database.execute("SELECT pg_reload_conf()");
        await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(store));
        assertThat(catchThrowableOfType(StoreUnavailableException.class, store::probe))
            .as("a read would not notice")
            .hasMessageContaining("25006");
        store.ping();
        name.switchTo(next.port());
        await().atMost(Duration.ofSeconds(10)).until(() -> !isRefused(store));
        store.probe();
      }
      try (Connection connection = DriverManager.getConnection(next.jdbcUrl());
          Statement select = connection.createStatement();
          var row =
              select.executeQuery(
                  "SELECT count(*) FROM "
                      + database.schema()
                      + ".webhook_events WHERE event_id = 'after'")) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(1);
      }
    }
  }

  private static boolean isRefused(PostgresEventStore store) {
    try {
      store.store(List.of(record("after", "{}", "1700000000000-0", null)), List.of());
      return false;
    } catch (StoreUnavailableException refused) {
      return true;
    }
  }

  @Test
  void aPasswordThatWasRotatedInItsFileIsUsedForTheNextConnection(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "first\n");
    database.execute("CREATE ROLE rotated LOGIN SUPERUSER PASSWORD 'first'");
    Path hba = server.dataFolder().resolve("pg_hba.conf");
    Files.writeString(hba, "host all rotated all scram-sha-256\n" + Files.readString(hba));
    database.execute("SELECT pg_reload_conf()");
    DatabaseSettings settings = database.settings("rotated").withPassword(Secret.ofFile(file));
    try (PostgresEventStore store = new PostgresEventStore(Database.connect(settings))) {
      await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> opened(store));
      database.execute("ALTER ROLE rotated PASSWORD 'second'");
      database.column(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(catchThrowableOfType(StoreUnavailableException.class, store::ping))
                      .hasMessageContaining("28P01")
                      .hasMessageContaining("login refused"));
      Files.writeString(file, "second\n");
      await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> pinged(store));
    }
  }

  private static boolean opened(PostgresEventStore store) throws StoreUnavailableException {
    store.open();
    return true;
  }

  private static boolean pinged(PostgresEventStore store) throws StoreUnavailableException {
    store.ping();
    return true;
  }

  @Test
  void aDatabaseOfAnotherEncodingIsRefusedAtTheStartAndByTheDoctor() throws Exception {
    database.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    DatabaseSettings plain = database.settings();
    DatabaseSettings latin =
        new DatabaseSettings(
            plain.host(),
            plain.port(),
            "latin",
            plain.user(),
            plain.password(),
            plain.sslMode(),
            plain.poolSize(),
            plain.schema(),
            true,
            false);
    try (PostgresEventStore store = new PostgresEventStore(Database.connect(latin))) {
      assertThat(catchThrowableOfType(StoreUnavailableException.class, store::open))
          .hasMessageContaining("LATIN1")
          .hasMessageContaining("ENCODING 'UTF8'");
    }
    assertThat(StorageDiagnosis.of(WorkerConfig.builder().database(latin).build()))
        .filteredOn(finding -> finding.check().equals("postgres.encoding"))
        .extracting(Finding::status)
        .containsExactly(Finding.Status.PROBLEM);
  }
}
