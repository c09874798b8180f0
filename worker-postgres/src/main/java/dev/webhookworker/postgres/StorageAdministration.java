package dev.webhookworker.postgres;

import dev.webhookworker.EventFilter;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.KeyProviders;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.spi.KeyProvider;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What is done to the store by people and scripts: tools, verification of the audit log, rotation
 * of keys, housekeeping. Each act leaves an audit row. Thread-safe.
 */
public final class StorageAdministration implements AutoCloseable {

  private final Database database;
  private final WorkerConfig config;
  private final KeyProvider keys;

  private StorageAdministration(Database database, WorkerConfig config) {
    this.database = database;
    this.config = config;
    keys = KeyProviders.found(config.encryption());
  }

  /**
   * Connects when it is first used.
   *
   * @throws IllegalArgumentException when no database is configured
   */
  public static StorageAdministration of(WorkerConfig config) {
    return new StorageAdministration(
        Database.connect(
            config
                .database()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "no database is configured: set DATABASE_NAME or DATABASE_USER"))),
        config);
  }

  public ToolRegistry tools() {
    return new ToolRegistry(database, keys);
  }

  /** The last events that were stored, the newest first; encrypted fields stay encrypted. */
  public List<StoredEvent> lastEvents(EventFilter filter, int most)
      throws StoreUnavailableException {
    return new PostgresHistory(database).latest(filter, most);
  }

  /**
   * Compares the audit log of the days, both included, with its seals.
   *
   * @return what differs, and for each day its figures
   */
  public AuditReport verifyAudit(LocalDate from, LocalDate to) throws StoreUnavailableException {
    return verifyAudit(from, to, KeptHead.none());
  }

  /**
   * Compares the audit log of the days, both included, with its seals, and the seals of all days
   * with a head that was kept elsewhere.
   *
   * @param head of the whole log or of one day, from an earlier report; not older than the audit
   *     log's retention
   * @return what differs, and for each day its figures
   * @throws IllegalArgumentException when it is no head
   */
  public AuditReport verifyAudit(LocalDate from, LocalDate to, String head)
      throws StoreUnavailableException {
    return verifyAudit(from, to, KeptHead.of(head));
  }

  private AuditReport verifyAudit(LocalDate from, LocalDate to, KeptHead kept)
      throws StoreUnavailableException {
    AuditVerification.Report report =
        new AuditVerification(database, config.storage()).verify(from, to, kept);
    return new AuditReport(
        report.days().stream()
            .map(day -> new AuditDay(day.day().toString(), day.blocks(), day.rows(), day.head()))
            .toList(),
        report.findings().stream()
            .map(
                found ->
                    new AuditDifference(
                        found.day() == null ? "" : found.day().toString(),
                        found.kind().name().toLowerCase(java.util.Locale.ROOT),
                        found.block(),
                        found.rowId()))
            .toList(),
        report.throughId(),
        report.head(),
        report.lastSealed());
  }

  /**
   * The result of a verification.
   *
   * @param throughId rows with larger ids are not sealed yet
   * @param head the last link of the chain over the seals of all days; kept elsewhere, it shows
   *     that nothing was written anew
   * @param lastSealed when the last seal was made, as ISO 8601; empty when there is none
   */
  public record AuditReport(
      List<AuditDay> days,
      List<AuditDifference> differences,
      long throughId,
      String head,
      String lastSealed) {}

  /**
   * A day that was verified.
   *
   * @param head hash of the day's last block; kept elsewhere, it shows that nothing was written
   *     anew
   */
  public record AuditDay(String day, int blocks, long rows, String head) {}

  /**
   * A difference between the log and its seals.
   *
   * @param day empty when it concerns no single day
   * @param kind {@code row_changed}, {@code row_missing}, {@code row_inserted}, {@code
   *     seal_broken}, {@code day_missing}, {@code chain_broken}, {@code head_unknown} (the chain
   *     never had the head that was kept), {@code sealed_anew} (rows are long older than the first
   *     seal), {@code not_sealed} (nothing was sealed since {@code lastSealed})
   * @param rowId id in {@code webhook_audit_log}, of a broken chain in {@code webhook_audit_chain};
   *     0 when it concerns no row
   */
  public record AuditDifference(String day, String kind, int block, long rowId) {}

  /**
   * Encrypts everything with the active key.
   *
   * @return what could not be read, empty when all is done
   */
  public List<String> rotateKeys(String actor, LongConsumer progress)
      throws StoreUnavailableException {
    return new KeyRotation(database, keys).rotate(actor, progress).problems();
  }

  /**
   * One round of housekeeping, for a role that may make and drop partitions.
   *
   * @return what could not be done, and what to do about it
   */
  public List<String> maintain() throws StoreUnavailableException {
    return new Janitor(database, config.storage(), config.idempotencyTtl(), Clock.systemUTC())
        .runOnce()
        .problems();
  }

  /** All migrations as SQL for an empty schema of that name, for those who run them by hand. */
  public static String migrations(String schema) {
    return MigrationScript.of(schema);
  }

  @Override
  public void close() {
    database.close();
  }
}
