package dev.webhookworker.postgres;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The housekeeping of the store, done by one worker at a time: day partitions ahead, days past
 * their retention, seals of the audit log, inbox rows past their time. A step that fails, for want
 * of a right or because a table is locked, is reported and does not keep the others from being
 * done. Thread-safe.
 */
final class Janitor {

  private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
  private static final int PAGE = 10_000;

  private final Database database;
  private final StorageSettings settings;
  private final Duration idempotencyTtl;
  private final Partitions partitions;
  private final AuditSeals seals;
  private final Election election;
  private final Clock clock;
  private volatile List<String> lastProblems = List.of();

  /**
   * What a round has done.
   *
   * @param elected whether this worker was the one; nothing was done otherwise
   * @param made partitions that were made
   * @param dropped partitions that were dropped
   * @param sealedRows audit rows that were sealed
   * @param prunedInboxRows inbox rows that were deleted
   * @param problems what could not be done, and what to do about it
   */
  record Report(
      boolean elected,
      List<String> made,
      List<String> dropped,
      int sealedRows,
      int prunedInboxRows,
      List<String> problems) {}

  Janitor(Database database, StorageSettings settings, Duration idempotencyTtl, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.idempotencyTtl = idempotencyTtl;
    this.clock = clock;
    partitions = new Partitions(database, clock);
    seals = new AuditSeals(database, settings.auditSealDelay());
    election = new Election(database);
  }

  /** One round; does nothing when another worker is at it. */
  Report runOnce() throws StoreUnavailableException {
    try {
      return database.bulk(
          connection -> {
            if (!election.isOpen(connection)) {
              return new Report(false, List.of(), List.of(), 0, 0, List.of());
            }
            Report report = clean(connection);
            tell(report);
            return report;
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private Report clean(Connection connection) throws SQLException {
    List<String> problems = new ArrayList<>();
    List<String> made = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    int eventDays = Math.toIntExact(settings.eventsRetention().toDays());
    int auditDays = Math.toIntExact(settings.auditRetention().toDays());
    step(
        "make partitions of " + Partitions.EVENTS,
        problems,
        () -> made.addAll(partitions.makeAll(connection, Partitions.EVENTS, eventDays)));
    step(
        "make partitions of " + Partitions.AUDIT,
        problems,
        () -> made.addAll(partitions.makeAll(connection, Partitions.AUDIT, auditDays)));
    int[] counts = {0, 0};
    step("seal the audit log", problems, () -> counts[0] = seals.seal(connection));
    step(
        "drop old days of " + Partitions.EVENTS,
        problems,
        () -> {
          for (LocalDate day :
              partitions.dropBefore(connection, Partitions.EVENTS, eventDays, day -> {})) {
            dropped.add(Partitions.partition(Partitions.EVENTS, day));
          }
        });
    step(
        "drop old days of " + Partitions.AUDIT,
        problems,
        () -> {
          for (LocalDate day :
              partitions.dropBefore(
                  connection, Partitions.AUDIT, auditDays, day -> seals.forget(connection, day))) {
            dropped.add(Partitions.partition(Partitions.AUDIT, day));
          }
        });
    step(
        "delete old versions of edited payloads",
        problems,
        () -> new PayloadEdits(database).prune(connection, clock.instant(), auditDays));
    step("prune the inbox", problems, () -> counts[1] = pruneInbox(connection));
    return new Report(true, made, dropped, counts[0], counts[1], problems);
  }

  private interface Step {
    void run() throws SQLException;
  }

  private static void step(String what, List<String> problems, Step step) throws SQLException {
    try {
      step.run();
    } catch (Election.LostException busy) {
      // It is being done.
      return;
    } catch (SQLException failed) {
      String state = failed.getSQLState();
      if (SqlTrouble.serverChanged(failed) || (state != null && state.startsWith("08"))) {
        throw failed;
      }
      problems.add(
          "42501".equals(state)
              ? "the role may not "
                  + what
                  + " (it needs to own the tables); run the janitor under"
                  + " the owner's role: worker-standalone.jar storage maintain"
              : "could not " + what + ": " + SqlTrouble.message(failed));
    }
  }

  /** Deletes rows whose event can't come again: its mark in Redis is past its time as well. */
  private int pruneInbox(Connection connection) throws SQLException {
    String table = database.table("webhook_inbox");
    String sql =
        """
        DELETE FROM %s WHERE entry_id IN (
          SELECT entry_id FROM %s
          WHERE processed_at < 'epoch'::timestamptz + ? * interval '1 millisecond'
          ORDER BY processed_at LIMIT %d)
        """
            .formatted(table, table, PAGE);
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setLong(1, clock.instant().minus(idempotencyTtl).toEpochMilli());
      int all = 0;
      int page;
      do {
        page = delete.executeUpdate();
        all += page;
      } while (page == PAGE);
      return all;
    }
  }

  /** A problem that lasts is told once. */
  private void tell(Report report) {
    if (!report.problems().equals(lastProblems)) {
      lastProblems = report.problems();
      report
          .problems()
          .forEach(
              problem ->
                  LOG.atWarn()
                      .addKeyValue("problem", problem)
                      .log("Housekeeping is kept from a step"));
    }
    if (!report.made().isEmpty() || !report.dropped().isEmpty()) {
      LOG.atInfo()
          .addKeyValue("made", report.made())
          .addKeyValue("dropped", report.dropped())
          .log("Partitions were kept");
    }
  }
}
