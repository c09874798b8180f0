package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MigrationsIT {

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
  void storesThatOpenAtOnceMigrateOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> opened = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opened.add(
            threads.submit(
                () -> {
                  try (PostgresEventStore store = database.store()) {
                    store.open();
                  }
                  return null;
                }));
      }
      for (Future<?> one : opened) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(
            database.column("SELECT version FROM webhook_schema_history WHERE version IS NOT NULL"))
        .containsExactly("1", "2", "3");
  }

  @Test
  void withoutMigrationAMissingSchemaIsToldWithWhatToDo() {
    try (PostgresEventStore store =
        new PostgresEventStore(Database.connect(database.settings().withMigrate(false)))) {
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(store::open)
          .withMessageContaining(database.schema())
          .withMessageContaining("DATABASE_MIGRATE");
    }
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    try (PostgresEventStore store = database.store()) {
      store.open();
    }
    database.execute(
        """
        INSERT INTO webhook_schema_history (installed_rank, version, description, type, script,
          checksum, installed_by, execution_time, success)
        VALUES (99, '99', 'from the future', 'SQL', 'V99__from_the_future.sql', 1, 'test', 1, true)
        """);
    try (PostgresEventStore store = database.store()) {
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(store::open)
          .withMessageContaining("99")
          .withMessageContaining("newer");
    }
  }

  @Test
  void thePrintedMigrationsMakeTheSchemaThatAWorkerWithoutDdlRightsNeeds() throws Exception {
    database.execute(StorageAdministration.migrations(database.schema()));
    try (PostgresEventStore store =
        new PostgresEventStore(Database.connect(database.settings().withMigrate(false)))) {
      store.open();
      store.store(List.of(TestDatabase.record("1", "{}")), List.of());
    }
    try (Database pool = Database.connect(database.settings())) {
      new Migrations(pool).run();
    }
    assertThat(database.column("SELECT event_id FROM webhook_events")).containsExactly("1");
  }

  @Test
  void aSchemaOfThisVersionIsKnownAtOneLook() throws Exception {
    try (Database pool = Database.connect(database.settings())) {
      assertThat(SchemaVersion.isCurrent(pool)).isFalse();
      new Migrations(pool).run();
      assertThat(SchemaVersion.isCurrent(pool)).isTrue();
      assertThat(new Migrations(pool).versions().known()).isEqualTo(MigrationScript.newest());
      database.execute("UPDATE webhook_schema_history SET success = false WHERE version = '1'");
      assertThat(SchemaVersion.isCurrent(pool)).isFalse();
    }
  }
}
