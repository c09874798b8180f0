package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Seals the audit log behind the writers. Ids are given before they commit, so an id is sealed only
 * when every transaction is over that had begun when it was given: the end of the sealed part is
 * marked in one round, and used in a later one. For the elected janitor only.
 */
final class AuditSeals {

  /** Ids looked at in one transaction; bounds its memory. */
  private static final long WINDOW = 20_000;

  /** Rows of a block; a difference is looked for in one block. */
  static final int BLOCK = 1_000;

  private static final byte[] NOTHING = {};
  private static final int ALL_SEALED = -1;

  private final String log;
  private final String seals;
  private final String progress;
  private final AuditChain chain;
  private final Election election;
  private final Duration delay;

  /**
   * @param delay the least time between a mark and its use
   */
  AuditSeals(Database database, Duration delay) {
    log = database.table("webhook_audit_log");
    seals = database.table("webhook_audit_seal");
    progress = database.table("webhook_audit_sealed");
    chain = new AuditChain(database);
    election = new Election(database);
    this.delay = delay;
  }

  /**
   * Seals up to the mark of an earlier round, and sets the next mark.
   *
   * @return how many rows
   */
  int seal(Connection connection) throws SQLException {
    int rows = 0;
    int window;
    do {
      window = election.alone(connection, this::sealNext);
      rows += Math.max(0, window);
    } while (window != ALL_SEALED);
    return rows;
  }

  /** One window further, or the next mark where there is none left. */
  private int sealNext(Connection connection) throws SQLException {
    long end = usableMark(connection);
    long through = through(connection);
    if (through >= end) {
      mark(connection);
      return ALL_SEALED;
    }
    long to = Math.min(end, through + WINDOW);
    int rows = sealWindow(connection, through, to);
    execute(connection, "UPDATE " + progress + " SET through_id = " + to);
    return rows;
  }

  private long usableMark(Connection connection) throws SQLException {
    String sql =
        """
        SELECT next_id FROM %s
        WHERE marked_at <= clock_timestamp() - ? * interval '1 millisecond'
          AND next_xid <= pg_snapshot_xmin(pg_current_snapshot())
          AND next_id <= (SELECT last_value FROM %s_id_seq)
        """
            .formatted(progress, log);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, delay.toMillis());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  long through(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT through_id FROM " + progress)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** The last id that was given to a row; larger ones are nobody's. */
  long lastGiven(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT last_value FROM " + log + "_id_seq")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /**
   * Remembers the last id given so far; a mark that waits for its time is left. One of the future
   * would wait for ever: it comes from a restore, from a clock that was wrong, or from somebody who
   * wants nothing to be sealed any more.
   */
  private void mark(Connection connection) throws SQLException {
    execute(
        connection,
        """
        UPDATE %s SET next_id = (SELECT last_value FROM %s_id_seq WHERE is_called),
          next_xid = pg_snapshot_xmax(pg_current_snapshot()), marked_at = clock_timestamp()
        WHERE (through_id >= next_id OR marked_at > clock_timestamp()
            OR next_id > (SELECT last_value FROM %s_id_seq)
            OR next_xid > pg_snapshot_xmax(pg_current_snapshot()))
          AND EXISTS (SELECT FROM %s_id_seq WHERE is_called)
        """
            .formatted(progress, log, log, log));
  }

  private int sealWindow(Connection connection, long after, long to) throws SQLException {
    Map<LocalDate, List<AuditRow>> byDay = new TreeMap<>();
    String sql =
        "SELECT " + AuditRow.COLUMNS + " FROM " + log + " WHERE id > ? AND id <= ? ORDER BY id";
    int count = 0;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, after);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          AuditRow row = AuditRow.of(rows);
          byDay.computeIfAbsent(row.day(), day -> new ArrayList<>()).add(row);
          count++;
        }
      }
    }
    for (Map.Entry<LocalDate, List<AuditRow>> day : byDay.entrySet()) {
      append(connection, day.getKey(), day.getValue());
    }
    return count;
  }

  private void append(Connection connection, LocalDate day, List<AuditRow> rows)
      throws SQLException {
    int number = 0;
    byte[] previous = NOTHING;
    String last = "SELECT block, hash FROM " + seals + " WHERE day = ? ORDER BY block DESC LIMIT 1";
    try (PreparedStatement select = connection.prepareStatement(last)) {
      select.setObject(1, day);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          number = row.getInt(1);
          previous = row.getBytes(2);
        }
      }
    }
    String sql =
        """
        INSERT INTO %s (day, block, first_id, last_id, row_count, hash, row_digests)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
            .formatted(seals);
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int from = 0; from < rows.size(); from += BLOCK) {
        List<AuditRow> part = rows.subList(from, Math.min(rows.size(), from + BLOCK));
        AuditBlock block = AuditBlock.of(day, ++number, previous, part);
        insert.setObject(1, day);
        insert.setInt(2, block.number());
        insert.setLong(3, block.firstId());
        insert.setLong(4, block.lastId());
        insert.setInt(5, block.count());
        insert.setBytes(6, block.hash());
        insert.setBytes(7, block.rowDigests());
        insert.executeUpdate();
        chain.sealed(connection, block);
        previous = block.hash();
      }
    }
  }

  /** The block with the largest id. */
  record End(LocalDate day, int block, long lastId) {}

  /** Where the seals end; empty when there are none. */
  Optional<End> end(Connection connection) throws SQLException {
    String sql = "SELECT day, block, last_id FROM " + seals + " ORDER BY last_id DESC LIMIT 1";
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(sql)) {
      return row.next()
          ? Optional.of(new End(row.getObject(1, LocalDate.class), row.getInt(2), row.getLong(3)))
          : Optional.empty();
    }
  }

  /** The blocks of a day in order. */
  List<AuditBlock> blocksOf(Connection connection, LocalDate day) throws SQLException {
    String sql =
        """
        SELECT block, first_id, last_id, row_count, hash, row_digests FROM %s
        WHERE day = ? ORDER BY block
        """
            .formatted(seals);
    List<AuditBlock> blocks = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setObject(1, day);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          blocks.add(
              new AuditBlock(
                  day,
                  row.getInt(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getInt(4),
                  row.getBytes(5),
                  row.getBytes(6)));
        }
      }
    }
    return blocks;
  }

  /** What the chain over all days says there is. */
  AuditChain.Expected expected(Connection connection, KeptHead kept) throws SQLException {
    return chain.expected(connection, kept);
  }

  /** Forgets the seals of a day whose rows are dropped, and chains that. */
  void forget(Connection connection, LocalDate day) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + seals + " WHERE day = ?")) {
      delete.setObject(1, day);
      delete.executeUpdate();
    }
    chain.dropped(connection, day);
  }

  /** The days that have seals, oldest first. */
  List<LocalDate> days(Connection connection) throws SQLException {
    List<LocalDate> days = new ArrayList<>();
    try (Statement select = connection.createStatement();
        ResultSet rows =
            select.executeQuery("SELECT DISTINCT day FROM " + seals + " ORDER BY day")) {
      while (rows.next()) {
        days.add(rows.getObject(1, LocalDate.class));
      }
    }
    return days;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
