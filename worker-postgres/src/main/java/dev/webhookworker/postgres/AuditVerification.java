package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Compares the audit log with its seals. Finds rows that were changed, removed or put in since they
 * were sealed, and seals that were tampered with. Rows younger than the seals are not judged.
 * Thread-safe.
 */
final class AuditVerification {

  private static final byte[] NOTHING = {};

  private final Database database;
  private final AuditSeals seals;

  /** What is wrong with a row or a seal. */
  enum Kind {
    ROW_CHANGED,
    ROW_MISSING,
    ROW_INSERTED,
    SEAL_BROKEN,
    /** A day that was sealed is gone, rows and seals, before its retention was over. */
    DAY_MISSING,
    /** The chain over all days is cut; the id is that of the first link that does not fit. */
    CHAIN_BROKEN
  }

  /**
   * One difference.
   *
   * @param block the day's block, 0 for none
   * @param rowId the row, of a broken chain the link; 0 for none
   */
  record Finding(LocalDate day, Kind kind, int block, long rowId) {}

  /**
   * A day that was looked at.
   *
   * @param rows sealed rows
   * @param head the last block's hash in hex: kept elsewhere, it shows later that neither log nor
   *     seals were written anew
   */
  record Day(LocalDate day, int blocks, long rows, String head) {}

  /**
   * The result.
   *
   * @param throughId rows with larger ids are not sealed yet
   * @param head the last link of the chain over all days in hex: kept elsewhere, it shows later
   *     that none of them was written anew
   */
  record Report(List<Day> days, List<Finding> findings, long throughId, String head) {
    boolean intact() {
      return findings.isEmpty();
    }
  }

  AuditVerification(Database database) {
    this.database = database;
    seals = new AuditSeals(database, java.time.Duration.ZERO);
  }

  /** Looks at all days from the first to the last, both included. */
  Report verify(LocalDate from, LocalDate to) throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try {
        return verify(connection, from, to);
      } finally {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private Report verify(Connection connection, LocalDate from, LocalDate to) throws SQLException {
    long through = seals.through(connection);
    TreeSet<LocalDate> days = new TreeSet<>(seals.days(connection));
    days.addAll(new Partitions(database).daysOf(connection, Partitions.AUDIT));
    List<Day> looked = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (LocalDate day : days) {
      if (!day.isBefore(from) && !day.isAfter(to)) {
        looked.add(verifyDay(connection, day, through, findings));
      }
    }
    AuditChain.Expected expected = seals.expected(connection);
    compareChain(connection, expected, from, to, findings);
    return new Report(looked, findings, through, expected.head());
  }

  /** A broken chain is told whatever the days; seals that it knows only for the days asked for. */
  private void compareChain(
      Connection connection,
      AuditChain.Expected expected,
      LocalDate from,
      LocalDate to,
      List<Finding> findings)
      throws SQLException {
    if (expected.brokenDay() != null) {
      findings.add(new Finding(expected.brokenDay(), Kind.CHAIN_BROKEN, 0, expected.brokenAt()));
    }
    for (Map.Entry<LocalDate, Map<Integer, byte[]>> day : expected.blocks().entrySet()) {
      if (day.getKey().isBefore(from) || day.getKey().isAfter(to)) {
        continue;
      }
      Map<Integer, byte[]> there = new HashMap<>();
      for (AuditBlock block : seals.blocksOf(connection, day.getKey())) {
        there.put(block.number(), block.hash());
      }
      if (there.isEmpty()) {
        findings.add(new Finding(day.getKey(), Kind.DAY_MISSING, 0, 0));
        continue;
      }
      day.getValue()
          .forEach(
              (number, hash) -> {
                if (!Arrays.equals(hash, there.get(number))) {
                  findings.add(new Finding(day.getKey(), Kind.SEAL_BROKEN, number, 0));
                }
              });
    }
  }

  private Day verifyDay(Connection connection, LocalDate day, long through, List<Finding> findings)
      throws SQLException {
    byte[] previous = NOTHING;
    long after = 0;
    int expected = 1;
    long rows = 0;
    for (AuditBlock block : seals.blocksOf(connection, day)) {
      if (block.number() != expected) {
        findings.add(new Finding(day, Kind.SEAL_BROKEN, expected, 0));
      }
      expected = block.number() + 1;
      List<AuditRow> found = rows(connection, day, after, block.lastId());
      if (!Arrays.equals(AuditBlock.chained(previous, found), block.hash())) {
        compare(block, found, findings);
      }
      previous = block.hash();
      after = block.lastId();
      rows += block.count();
    }
    for (AuditRow unsealed : rows(connection, day, after, through)) {
      findings.add(new Finding(day, Kind.ROW_INSERTED, 0, unsealed.id()));
    }
    return new Day(day, expected - 1, rows, HexFormat.of().formatHex(previous));
  }

  private static void compare(AuditBlock block, List<AuditRow> found, List<Finding> findings) {
    Map<Long, Long> kept = new HashMap<>(block.digestsById());
    int before = findings.size();
    for (AuditRow row : found) {
      Long digest = kept.remove(row.id());
      if (digest == null) {
        findings.add(new Finding(block.day(), Kind.ROW_INSERTED, block.number(), row.id()));
      } else if (digest != AuditBlock.shortDigest(row)) {
        findings.add(new Finding(block.day(), Kind.ROW_CHANGED, block.number(), row.id()));
      }
    }
    kept.keySet().stream()
        .sorted()
        .forEach(
            id -> findings.add(new Finding(block.day(), Kind.ROW_MISSING, block.number(), id)));
    if (findings.size() == before) {
      findings.add(new Finding(block.day(), Kind.SEAL_BROKEN, block.number(), 0));
    }
  }

  private List<AuditRow> rows(Connection connection, LocalDate day, long after, long to)
      throws SQLException {
    String sql =
        "SELECT "
            + AuditRow.COLUMNS
            + " FROM "
            + database.table(Partitions.AUDIT)
            + " WHERE received_at >= ? AND received_at < ? AND id > ? AND id <= ? ORDER BY id";
    List<AuditRow> rows = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setObject(1, day.atStartOfDay().atOffset(ZoneOffset.UTC));
      select.setObject(2, day.plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      select.setLong(3, after);
      select.setLong(4, to);
      try (ResultSet found = select.executeQuery()) {
        while (found.next()) {
          rows.add(AuditRow.of(found));
        }
      }
    }
    return rows;
  }
}
