package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final String log;
  private final String seals;
  private final String progress;
  private final AuditChain chain;
  private final Duration delay;

  /**
   * @param delay the least time between a mark and its use
   */
  AuditSeals(Database database, Duration delay) {
    log = database.table("webhook_audit_log");
    seals = database.table("webhook_audit_seal");
    progress = database.table("webhook_audit_sealed");
    chain = new AuditChain(database);
    this.delay = delay;
  }

  /**
   * Seals up to the mark of an earlier round, and sets the next mark.
   *
   * @return how many rows
   */
  int seal(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try {
      long end = usableMark(connection);
      long through = through(connection);
      int rows = 0;
      while (through < end) {
        long to = Math.min(end, through + WINDOW);
        rows += sealWindow(connection, through, to);
        execute(connection, "UPDATE " + progress + " SET through_id = " + to);
        connection.commit();
        through = to;
      }
      mark(connection);
      connection.commit();
      return rows;
    } catch (SQLException failed) {
      connection.rollback();
      throw failed;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private long usableMark(Connection connection) throws SQLException {
    String sql =
        """
        SELECT next_id FROM %s
        WHERE marked_at <= clock_timestamp() - ? * interval '1 millisecond'
          AND next_xid <= pg_snapshot_xmin(pg_current_snapshot())
        """
            .formatted(progress);
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

  /** Remembers the last id given so far; a mark that waits for its time is left. */
  private void mark(Connection connection) throws SQLException {
    execute(
        connection,
        """
        UPDATE %s SET next_id = (SELECT last_value FROM %s_id_seq WHERE is_called),
          next_xid = pg_snapshot_xmax(pg_current_snapshot()), marked_at = clock_timestamp()
        WHERE through_id >= next_id AND EXISTS (SELECT FROM %s_id_seq WHERE is_called)
        """
            .formatted(progress, log, log));
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
      select.setDate(1, Date.valueOf(day));
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
        insert.setDate(1, Date.valueOf(day));
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
      select.setDate(1, Date.valueOf(day));
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
  AuditChain.Expected expected(Connection connection) throws SQLException {
    return chain.expected(connection);
  }

  /** Forgets the seals of a day whose rows are dropped, and chains that. */
  void forget(Connection connection, LocalDate day) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + seals + " WHERE day = ?")) {
      delete.setDate(1, Date.valueOf(day));
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
        days.add(rows.getDate(1).toLocalDate());
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
