package dev.webhookworker.postgres;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the audit log with its seals. Finds rows that were changed, removed or put in since they
 * were sealed, seals that were tampered with, and rows that wait for theirs too long. What else is
 * younger than the seals is not judged. Thread-safe.
 */
final class AuditVerification {

  private static final byte[] NOTHING = {};
  private static final LocalTime LAST_MICROSECOND = LocalTime.of(23, 59, 59, 999_999_000);

  private final Database database;
  private final AuditSeals seals;
  private final SealingTimes times;

  /** What is wrong with a row or a seal. */
  enum Kind {
    ROW_CHANGED,
    ROW_MISSING,
    ROW_INSERTED,
    SEAL_BROKEN,
    /** A day that was sealed is gone, rows and seals, before its retention was over. */
    DAY_MISSING,
    /** The chain over all days is cut; the id is that of the first link that does not fit. */
    CHAIN_BROKEN,
    /** The head that was kept is none that this chain has had. */
    HEAD_UNKNOWN,
    /** Rows are long older than the first seal: there were others. */
    SEALED_ANEW,
    /** Nothing is sealed any more; the id is that of the first row that has waited too long. */
    NOT_SEALED
  }

  /**
   * One difference.
   *
   * @param day null when it concerns no single day
   * @param block the day's block, 0 for none
   * @param rowId the row, of a broken chain the link; 0 for none
   */
  record Finding(@Nullable LocalDate day, Kind kind, int block, long rowId) {}

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
   * @param lastSealed when the last seal was made, empty when there is none
   */
  record Report(
      List<Day> days, List<Finding> findings, long throughId, String head, String lastSealed) {
    boolean intact() {
      return findings.isEmpty();
    }
  }

  AuditVerification(Database database, StorageSettings settings) {
    this.database = database;
    seals = new AuditSeals(database, settings.auditSealDelay());
    times = new SealingTimes(database, settings);
  }

  /** Looks at all days from the first to the last, both included, and for the head in all. */
  Report verify(LocalDate from, LocalDate to, KeptHead kept) throws StoreUnavailableException {
    try {
      return database.bulk(
          connection ->
              Transactions.run(
                  connection,
                  inside -> {
                    try (Statement snapshot = inside.createStatement()) {
                      snapshot.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
                    }
                    return verify(inside, from, to, kept);
                  }));
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private Report verify(Connection connection, LocalDate from, LocalDate to, KeptHead kept)
      throws SQLException {
    List<Finding> findings = new ArrayList<>();
    AuditChain.Expected expected = seals.expected(connection, kept);
    long through = seals.through(connection);
    Bounds bounds = new Bounds(judged(connection, through, findings), seals.lastGiven(connection));
    TreeSet<LocalDate> days = new TreeSet<>(seals.days(connection));
    days.addAll(new Partitions(database).daysOf(connection, Partitions.AUDIT));
    days.addAll(expected.blocks().keySet());
    days.addAll(daysOfRows(connection, from, to));
    List<Day> looked = new ArrayList<>();
    for (LocalDate day : days) {
      if (!day.isBefore(from) && !day.isAfter(to)) {
        List<AuditBlock> blocks = seals.blocksOf(connection, day);
        looked.add(verifyDay(connection, day, blocks, bounds, findings));
        compareChain(day, blocks, expected, findings);
      }
    }
    ofTheWholeLog(connection, expected, kept, findings);
    return new Report(looked, findings, through, expected.head(), times.last(connection));
  }

  /**
   * Which rows the seals speak of.
   *
   * @param judged rows up to this id are sealed, or should not be there
   * @param lastGiven the last id that the database has given; nobody has a larger one
   */
  private record Bounds(long judged, long lastGiven) {}

  /** How far the rows are sealed, whatever the mark of progress says. */
  private long judged(Connection connection, long through, List<Finding> findings)
      throws SQLException {
    Optional<AuditSeals.End> end = seals.end(connection);
    if (end.isPresent() && end.get().lastId() > through) {
      findings.add(new Finding(end.get().day(), Kind.SEAL_BROKEN, end.get().block(), 0));
      return end.get().lastId();
    }
    return through;
  }

  /** What is told whatever the days that are asked for. */
  private void ofTheWholeLog(
      Connection connection, AuditChain.Expected expected, KeptHead kept, List<Finding> findings)
      throws SQLException {
    if (expected.brokenDay() != null) {
      findings.add(new Finding(expected.brokenDay(), Kind.CHAIN_BROKEN, 0, expected.brokenAt()));
    }
    if (!kept.met()) {
      findings.add(new Finding(null, Kind.HEAD_UNKNOWN, 0, 0));
    }
    if (times.begunAnew(connection)) {
      findings.add(new Finding(null, Kind.SEALED_ANEW, 0, 0));
    }
    times
        .overdue(connection)
        .ifPresent(row -> findings.add(new Finding(row.day(), Kind.NOT_SEALED, 0, row.rowId())));
  }

  private static void compareChain(
      LocalDate day,
      List<AuditBlock> blocks,
      AuditChain.Expected expected,
      List<Finding> findings) {
    Map<Integer, byte[]> chained = expected.blocks().getOrDefault(day, Map.of());
    if (blocks.isEmpty() && !chained.isEmpty()) {
      findings.add(new Finding(day, Kind.DAY_MISSING, 0, 0));
      return;
    }
    Map<Integer, byte[]> there = new HashMap<>();
    blocks.forEach(block -> there.put(block.number(), block.hash()));
    TreeSet<Integer> numbers = new TreeSet<>(chained.keySet());
    if (expected.brokenDay() == null) {
      numbers.addAll(there.keySet());
    }
    for (int number : numbers) {
      if (!Arrays.equals(chained.get(number), there.get(number))) {
        findings.add(new Finding(day, Kind.SEAL_BROKEN, number, 0));
      }
    }
  }

  private Day verifyDay(
      Connection connection,
      LocalDate day,
      List<AuditBlock> blocks,
      Bounds bounds,
      List<Finding> findings)
      throws SQLException {
    byte[] previous = NOTHING;
    long after = Long.MIN_VALUE;
    int expected = 1;
    long rows = 0;
    for (AuditBlock block : blocks) {
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
    for (AuditRow unsealed : rows(connection, day, after, bounds.judged())) {
      findings.add(new Finding(day, Kind.ROW_INSERTED, 0, unsealed.id()));
    }
    long nobodys = Math.max(Math.max(after, bounds.judged()), bounds.lastGiven());
    for (AuditRow ahead : rows(connection, day, nobodys, Long.MAX_VALUE)) {
      findings.add(new Finding(day, Kind.ROW_INSERTED, 0, ahead.id()));
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
            + " WHERE received_at >= ? AND received_at <= ? AND id > ? AND id <= ? ORDER BY id";
    List<AuditRow> rows = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setObject(1, startOf(day));
      select.setObject(2, endOf(day));
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

  /** The days that have rows, in whatever partition. */
  private List<LocalDate> daysOfRows(Connection connection, LocalDate from, LocalDate to)
      throws SQLException {
    String sql =
        "SELECT DISTINCT (received_at AT TIME ZONE 'UTC')::date FROM "
            + database.table(Partitions.AUDIT)
            + " WHERE received_at >= ? AND received_at <= ?";
    List<LocalDate> days = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setObject(1, startOf(from));
      select.setObject(2, endOf(to));
      try (ResultSet found = select.executeQuery()) {
        while (found.next()) {
          days.add(found.getObject(1, LocalDate.class));
        }
      }
    }
    return days;
  }

  /** The first and the last day of Java are PostgreSQL's infinities, as in its driver. */
  private static OffsetDateTime startOf(LocalDate day) {
    return infinite(day) ? infinity(day) : day.atStartOfDay().atOffset(ZoneOffset.UTC);
  }

  private static OffsetDateTime endOf(LocalDate day) {
    return infinite(day) ? infinity(day) : day.atTime(LAST_MICROSECOND).atOffset(ZoneOffset.UTC);
  }

  private static boolean infinite(LocalDate day) {
    return day.equals(LocalDate.MIN) || day.equals(LocalDate.MAX);
  }

  private static OffsetDateTime infinity(LocalDate day) {
    return day.equals(LocalDate.MIN) ? OffsetDateTime.MIN : OffsetDateTime.MAX;
  }
}
