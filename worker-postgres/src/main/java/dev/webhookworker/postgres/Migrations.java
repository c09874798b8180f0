package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.retry.Redaction;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the schema to this version, or checks that it is there. */
final class Migrations {

  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
  private static final String LOCATION = "classpath:dev/webhookworker/postgres/migration";

  private final Database database;
  private final Flyway flyway;

  Migrations(Database database) {
    this.database = database;
    flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(database.patient())
            .schemas(database.settings().schema())
            .defaultSchema(database.settings().schema())
            .createSchemas(true)
            .table("webhook_schema_history")
            .locations(LOCATION)
            .load();
  }

  void run() throws StoreUnavailableException {
    try {
      Versions found = read();
      if (found.newer()) {
        refuse(found);
      }
      if (database.settings().migrate()) {
        int applied = migrate(found);
        if (applied > 0) {
          LOG.atInfo()
              .addKeyValue("schema", database.settings().schema())
              .addKeyValue("migrations", applied)
              .log("Migrated the database");
        }
      } else if (found.pending() > 0) {
        throw new StoreUnavailableException(
            "the schema '"
                + database.settings().schema()
                + "' lacks "
                + found.pending()
                + " migrations and DATABASE_MIGRATE is false: run them, or let the worker do it",
            null);
      }
    } catch (FlywayException failed) {
      throw new StoreUnavailableException(
          "PostgreSQL at "
              + database.settings().address()
              + ": "
              + Redaction.messageOf(root(failed)),
          failed);
    }
  }

  private int migrate(Versions found) throws StoreUnavailableException {
    if (!database.settings().pooler()) {
      return flyway.migrate().migrationsExecuted;
    }
    if (found.pending() == 0) {
      return 0;
    }
    // Flyway sets up its session, and a pooler gives it another one for each transaction.
    if (!found.current().isEmpty()) {
      throw new StoreUnavailableException(
          "the schema '"
              + database.settings().schema()
              + "' lacks "
              + found.pending()
              + " migrations, which don't run through a pooler in transaction mode: let a worker"
              + " migrate that is connected to PostgreSQL itself",
          null);
    }
    return new SchemaScript(database).run();
  }

  /**
   * The schema's version and this worker's, empty where there is none.
   *
   * @param pending migrations that the schema lacks
   */
  record Versions(String current, String known, int pending) {
    boolean newer() {
      return !current.isEmpty()
          && !known.isEmpty()
          && MigrationVersion.fromVersion(current).isNewerThan(MigrationVersion.fromVersion(known));
    }
  }

  /** Reads the versions; changes nothing. */
  Versions versions() throws StoreUnavailableException {
    try {
      return read();
    } catch (FlywayException failed) {
      throw new StoreUnavailableException(Redaction.messageOf(root(failed)), failed);
    }
  }

  private Versions read() {
    MigrationInfoService info = flyway.info();
    MigrationInfo current = info.current();
    String known = "";
    for (MigrationInfo migration : info.all()) {
      boolean ours = migration.getState().isResolved() && !migration.getState().isFailed();
      if (ours && migration.getVersion() != null) {
        known = migration.getVersion().getVersion();
      }
    }
    return new Versions(
        current == null || current.getVersion() == null ? "" : current.getVersion().getVersion(),
        known,
        info.pending().length);
  }

  private void refuse(Versions newer) throws StoreUnavailableException {
    throw new StoreUnavailableException(
        "the schema '"
            + database.settings().schema()
            + "' has version "
            + newer.current()
            + ", newer than this worker's "
            + newer.known()
            + ": run a worker of that version or later",
        null);
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
