package dev.webhookworker.postgres;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.ConfiguredKeys;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.Finding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Looks at the database for {@code doctor}; changes nothing. For one thread. */
final class StorageDiagnosis {

  private final Database database;
  private final WorkerConfig config;
  private final List<Finding> findings = new ArrayList<>();

  private StorageDiagnosis(Database database, WorkerConfig config) {
    this.database = database;
    this.config = config;
  }

  static List<Finding> of(WorkerConfig config) {
    DatabaseSettings settings = config.database().orElseThrow();
    try (Database database = Database.connect(settings)) {
      StorageDiagnosis diagnosis = new StorageDiagnosis(database, config);
      diagnosis.run(settings);
      return diagnosis.findings;
    }
  }

  private void run(DatabaseSettings settings) {
    try {
      database.use(
          connection -> {
            findings.add(
                Finding.ok(
                    "postgres.connection",
                    "PostgreSQL "
                        + connection.getMetaData().getDatabaseProductVersion()
                        + " answers at "
                        + settings.address()));
            return pooler(settings)
                && encoding()
                && schema(settings)
                && rights(connection)
                && contents(connection);
          });
    } catch (SQLException | StoreUnavailableException failed) {
      findings.add(
          Finding.problem(
              "postgres.connection",
              settings.address()
                  + ": "
                  + (failed instanceof SQLException sql
                      ? SqlTrouble.message(SqlTrouble.root(sql))
                      : String.valueOf(failed.getMessage())),
              "check DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and that"
                  + " PostgreSQL runs"));
    }
  }

  private boolean contents(Connection connection) throws SQLException {
    partitions(connection);
    seals(connection);
    tools(connection);
    keys(connection);
    return true;
  }

  private boolean pooler(DatabaseSettings settings) throws SQLException {
    if (settings.pooler()) {
      findings.add(Finding.ok("postgres.pooler", "a pooler in transaction mode is reckoned with"));
      return true;
    }
    if (!PoolerCheck.findsOne(database)) {
      return true;
    }
    findings.add(
        Finding.problem(
            "postgres.pooler",
            "between worker and PostgreSQL is a pooler in transaction mode",
            PoolerCheck.ADVICE));
    return false;
  }

  private boolean encoding() throws StoreUnavailableException {
    String encoding = ServerEncoding.of(new Query(database));
    if (encoding.equals(ServerEncoding.WANTED)) {
      findings.add(Finding.ok("postgres.encoding", encoding));
      return true;
    }
    findings.add(
        Finding.problem(
            "postgres.encoding",
            ServerEncoding.problem(database, encoding),
            ServerEncoding.advice(database)));
    return false;
  }

  private boolean schema(DatabaseSettings settings) {
    String check = "postgres.schema";
    try {
      Migrations.Versions versions = new Migrations(database).versions();
      if (versions.newer()) {
        findings.add(
            Finding.problem(
                check,
                "the schema '"
                    + settings.schema()
                    + "' has version "
                    + versions.current()
                    + ", newer than this worker's "
                    + versions.known(),
                "run a worker of that version or later"));
        return false;
      }
      if (versions.pending() > 0) {
        findings.add(
            Finding.problem(
                check,
                "the schema '"
                    + settings.schema()
                    + "' is too old: "
                    + (versions.current().isEmpty()
                        ? "it is not there yet"
                        : "version " + versions.current())
                    + ", this worker needs "
                    + versions.known(),
                settings.migrate()
                    ? "start the worker, which migrates it, or run 'migrations --print' as the"
                        + " schema's owner"
                    : "DATABASE_MIGRATE is false: run 'migrations --print' as the schema's owner"));
        return false;
      }
      findings.add(Finding.ok(check, "version " + versions.current()));
      return true;
    } catch (StoreUnavailableException unreadable) {
      findings.add(
          Finding.problem(
              check,
              "the schema's version can't be read: " + unreadable.getMessage(),
              "grant the role USAGE on the schema '"
                  + settings.schema()
                  + "' and SELECT on webhook_schema_history"));
      return false;
    }
  }

  private boolean rights(Connection connection) throws SQLException {
    StorageRights rights = new StorageRights(database);
    List<String> missing = rights.missing(connection);
    if (!missing.isEmpty()) {
      findings.add(
          Finding.problem(
              "postgres.rights",
              "the role lacks rights: " + String.join(", ", missing),
              "GRANT them to the role: docs/storage.md, 'A role for the worker'"));
      return false;
    }
    findings.add(Finding.ok("postgres.rights", "the role may do what the worker does"));
    List<String> sealing = rights.missingForSealing(connection);
    if (!sealing.isEmpty()) {
      findings.add(
          Finding.ok(
              "postgres.rights.seals",
              "the role seals nothing, for want of " + String.join(", ", sealing)));
    }
    return true;
  }

  private void seals(Connection connection) throws SQLException {
    SealingTimes times = new SealingTimes(database, config.storage());
    String check = "postgres.audit_seals";
    if (times.overdue(connection).isEmpty()) {
      findings.add(Finding.ok(check, "the audit log is sealed as it grows"));
      return;
    }
    String last = times.last(connection);
    findings.add(
        Finding.problem(
            check,
            "audit rows wait for their seals, nothing sealed since "
                + (last.isEmpty() ? "the beginning" : last),
            "see that a worker runs, or 'storage maintain' as the owner every few minutes where the"
                + " worker's role may not seal; look for transactions that have been open that"
                + " long, and run 'audit verify'"));
  }

  private void partitions(Connection connection) throws SQLException {
    LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1);
    boolean ahead =
        new Partitions(database).daysOf(connection, Partitions.EVENTS).contains(tomorrow);
    String advice =
        "a worker whose role owns the tables makes them by itself; else let the owner run"
            + " 'storage maintain' daily";
    findings.add(
        ahead
            ? Finding.ok("postgres.partitions", "tomorrow has its partition")
            : Finding.warning(
                "postgres.partitions",
                "tomorrow has no partition; its events go to the default one",
                advice));
    long rest =
        count(connection, "SELECT count(*) FROM " + database.table("webhook_events_default"));
    if (rest > 0) {
      findings.add(
          Finding.warning(
              "postgres.default_partition", rest + " events are in the default partition", advice));
    }
  }

  private void tools(Connection connection) throws SQLException {
    boolean keyless = config.encryption().keys().isEmpty();
    long wanting =
        count(
            connection,
            "SELECT count(*) FROM "
                + database.table("webhook_tools")
                + " WHERE jsonb_array_length(CASE jsonb_typeof(webhook_config -> 'encrypt_fields')"
                + " WHEN 'array' THEN webhook_config -> 'encrypt_fields' ELSE '[]' END) > 0");
    if (keyless && wanting > 0) {
      findings.add(
          Finding.problem(
              "encryption.keys",
              "encryption key missing: "
                  + wanting
                  + " tools name encrypt_fields and there is no"
                  + " key; their events wait",
              "set WORKER_ENCRYPTION_KEYS to id:base64 with a key of 32 bytes"));
    }
  }

  /** Of the last day's rows; older ones may need older keys still. */
  private void keys(Connection connection) throws SQLException {
    ConfiguredKeys keys = new ConfiguredKeys(config.encryption());
    String sql =
        """
        SELECT DISTINCT substring(payload FROM '"enc:v[0-9]+:([A-Za-z0-9_.-]{1,64}):') FROM (
          SELECT payload::text AS payload FROM %s
          WHERE received_at > now() - interval '1 day' AND strpos(payload::text, '"enc:v') > 0
          LIMIT 1000) AS recent
        UNION
        SELECT DISTINCT substring(webhook_config::text FROM '"enc:v[0-9]+:([A-Za-z0-9_.-]{1,64}):')
        FROM %s
        """
            .formatted(database.table("webhook_events"), database.table("webhook_tools"));
    List<String> missing = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        String id = row.getString(1);
        if (id != null && keys.key(id).isEmpty()) {
          missing.add(id);
        }
      }
    }
    if (!missing.isEmpty()) {
      findings.add(
          Finding.problem(
              "encryption.keys",
              "encryption key missing: rows are encrypted with "
                  + missing
                  + ", not among the keys "
                  + config.encryption().keys().keySet(),
              "add it to WORKER_ENCRYPTION_KEYS after the active key"));
    }
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
