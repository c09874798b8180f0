package dev.webhookworker.postgres;

import static dev.webhookworker.postgres.TestDatabase.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.StorageSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.Finding;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** PgBouncer in transaction mode stands before PostgreSQL. */
class PoolerIT {

  @TempDir private static Path folder;

  private static EmbeddedPostgresServer server;

  private static PgBouncer pooler;

  private final TestDatabase database = TestDatabase.fresh(server);

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(PgBouncer.isInstalled(), "PgBouncer is not installed: apt-get install pgbouncer");
    server = EmbeddedPostgresServer.start();
    pooler = PgBouncer.before(server, folder);
  }

  @AfterAll
  static void stop() throws Exception {
    if (pooler != null) {
      pooler.close();
      server.close();
    }
  }

  private DatabaseSettings settings(boolean told) {
    DatabaseSettings plain = database.settings();
    return new DatabaseSettings(
            plain.host(),
            pooler.port(),
            plain.name(),
            plain.user(),
            plain.password(),
            plain.sslMode(),
            plain.poolSize(),
            plain.schema(),
            true,
            false)
        .withPooler(told);
  }

  @Test
  void aStoreThatIsToldOfItMigratesStoresAndKeepsHouse() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Database pool = Database.connect(settings(true));
        PostgresEventStore store = new PostgresEventStore(pool)) {
      store.open();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String id = "event-" + i;
        all.add(threads.submit(() -> store.store(List.of(record(id, "{}")), List.of())));
      }
      for (Future<?> one : all) {
        one.get();
      }
      for (int i = 0; i < 3; i++) {
        Janitor janitor =
            new Janitor(pool, StorageSettings.DEFAULTS, Duration.ofHours(24), Clock.systemUTC());
        Janitor.Report report = janitor.runOnce();
        assertThat(report.elected()).isTrue();
        assertThat(report.problems()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(database.column("SELECT count(DISTINCT event_id) FROM webhook_events"))
        .containsExactly("200");
    assertThat(database.column("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).isEmpty();
  }

  @Test
  void aStoreThatIsNotToldOfItSaysWhatToSet() throws Exception {
    try (PostgresEventStore store = new PostgresEventStore(Database.connect(settings(false)))) {
      assertThat(catchThrowableOfType(StoreUnavailableException.class, store::open))
          .hasMessageContaining("DATABASE_POOLER=transaction");
    }
    List<Finding> findings =
        StorageDiagnosis.of(WorkerConfig.builder().database(settings(false)).build());
    assertThat(findings)
        .anySatisfy(
            finding -> {
              assertThat(finding.check()).isEqualTo("postgres.pooler");
              assertThat(finding.advice()).contains("DATABASE_POOLER=transaction");
            });
  }

  @Test
  void aListenerThatHearsNothingThroughItIsNoticed() throws Exception {
    try (PostgresEventStore direct = database.store()) {
      direct.open();
    }
    PGSimpleDataSource ofHost = new PGSimpleDataSource();
    ofHost.setURL("jdbc:postgresql://127.0.0.1:" + pooler.port() + "/" + server.database());
    ofHost.setUser(server.user());
    ofHost.setPrepareThreshold(0);
    Database host = new Database(ofHost, false, settings(false));
    try (ListenerOf deaf = new ListenerOf(host);
        ListenerOf hearing = new ListenerOf(Database.connect(database.settings()))) {
      await().atMost(Duration.ofSeconds(20)).until(hearing.changes::isListening);
      await().atMost(Duration.ofSeconds(20)).until(deaf.changes::isKnownToBeDeaf);
      assertThat(deaf.changes.isListening()).isFalse();
    }
  }

  private static final class ListenerOf implements AutoCloseable {
    private final Database database;
    private final ToolChanges changes;

    ListenerOf(Database database) {
      this.database = database;
      changes = new ToolChanges(database, id -> {}, () -> {});
      changes.start();
    }

    @Override
    public void close() {
      changes.close();
      database.close();
    }
  }
}
