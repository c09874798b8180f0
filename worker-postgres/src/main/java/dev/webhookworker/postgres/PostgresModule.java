package dev.webhookworker.postgres;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.KeyProviders;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.spi.Finding;
import dev.webhookworker.spi.KeyProvider;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.ToolDirectory;
import dev.webhookworker.spi.WorkerModule;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The event store in PostgreSQL. Found by {@link java.util.ServiceLoader} and then active when the
 * configuration names a database, or given a {@link DataSource} of the host.
 */
public final class PostgresModule implements WorkerModule {

  private final @Nullable DataSource hostDataSource;
  private @Nullable Database database;
  private @Nullable RegistryToolConfigExtractor extractor;
  private @Nullable KeyProvider keys;

  /** Connects as {@code WorkerConfig.database()} says. */
  public PostgresModule() {
    this(null);
  }

  private PostgresModule(@Nullable DataSource hostDataSource) {
    this.hostDataSource = hostDataSource;
  }

  /**
   * Uses connections of the host's pool, which is never closed. Schema, migration and inbox are as
   * {@code WorkerConfig.database()} says where it is present, else the defaults.
   */
  public static PostgresModule with(DataSource dataSource) {
    return new PostgresModule(dataSource);
  }

  @Override
  public void keys(KeyProvider ofWorker) {
    keys = ofWorker;
  }

  private KeyProvider keys(WorkerConfig config) {
    return keys == null ? KeyProviders.found(config.encryption()) : keys;
  }

  @Override
  public Optional<EventStore> eventStore(WorkerConfig config) {
    return database(config).map(found -> new PostgresEventStore(found, config));
  }

  @Override
  public List<ToolConfigExtractor> toolConfigExtractors(WorkerConfig config) {
    return database(config)
        .<List<ToolConfigExtractor>>map(found -> List.of(tools(found, config)))
        .orElse(List.of());
  }

  @Override
  public List<ToolDirectory> toolDirectories(WorkerConfig config) {
    return database(config)
        .<List<ToolDirectory>>map(
            found -> List.of(new RegistryToolDirectory(new ToolRegistry(found, keys(config)))))
        .orElse(List.of());
  }

  private RegistryToolConfigExtractor tools(Database found, WorkerConfig config) {
    RegistryToolConfigExtractor made = new RegistryToolConfigExtractor(found, keys(config));
    extractor = made;
    return made;
  }

  @Override
  public List<Finding> diagnose(WorkerConfig config) {
    return config.database().isPresent()
        ? StorageDiagnosis.of(config)
        : List.of(Finding.ok("postgres", "no database is configured; events are not stored"));
  }

  @Override
  public void close() {
    if (extractor != null) {
      extractor.close();
    }
  }

  private Optional<Database> database(WorkerConfig config) {
    if (database == null) {
      if (hostDataSource != null) {
        DatabaseSettings settings =
            config
                .database()
                .orElse(DatabaseSettings.of("the host's pool", 0, "postgres", "", null));
        database = new Database(hostDataSource, false, settings);
      } else if (config.database().isPresent()) {
        database = Database.connect(config.database().get());
      }
    }
    return Optional.ofNullable(database);
  }
}
