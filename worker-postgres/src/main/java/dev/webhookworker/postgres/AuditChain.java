package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One chain over the blocks of all days in the order in which they were sealed, so that a day can't
 * vanish together with its seals. The drop of a day at the end of its retention is a link of its
 * own. Written by the elected janitor only.
 */
final class AuditChain {

  /** The number that stands for the drop of a day. */
  private static final int DROPPED = 0;

  private final String chain;
  private final String ends;

  AuditChain(Database database) {
    chain = database.table("webhook_audit_chain");
    ends = database.table("webhook_audit_sealed");
  }

  /**
   * What the chain says there is.
   *
   * @param blocks by day, each block's hash by its number
   * @param brokenAt the first link that does not follow from the one before, 0 for none
   * @param brokenDay its day, null for none
   * @param head the last link in hex, empty before the first
   */
  record Expected(
      Map<LocalDate, Map<Integer, byte[]>> blocks,
      long brokenAt,
      @Nullable LocalDate brokenDay,
      String head) {}

  void sealed(Connection connection, AuditBlock block) throws SQLException {
    append(connection, block.day(), block.number(), block.hash());
  }

  void dropped(Connection connection, LocalDate day) throws SQLException {
    append(connection, day, DROPPED, new byte[0]);
    prune(connection);
  }

  private void append(Connection connection, LocalDate day, int block, byte[] hash)
      throws SQLException {
    long seq;
    byte[] link;
    try (Statement select = connection.createStatement();
        ResultSet head =
            select.executeQuery(
                "SELECT chain_head, chain_head_link FROM " + ends + " FOR UPDATE")) {
      if (!head.next()) {
        throw new SQLException("webhook_audit_sealed has lost its row");
      }
      seq = head.getLong(1) + 1;
      link = link(head.getBytes(2), seq, day, block, hash);
    }
    String sql =
        """
        WITH added AS (
          INSERT INTO %s (seq, day, block, hash, link) VALUES (?, ?, ?, ?, ?) RETURNING seq, link)
        UPDATE %s SET chain_head = added.seq, chain_head_link = added.link FROM added
        """
            .formatted(chain, ends);
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setLong(1, seq);
      insert.setObject(2, day);
      insert.setInt(3, block);
      insert.setBytes(4, hash);
      insert.setBytes(5, link);
      insert.executeUpdate();
    }
  }

  /** Forgets the links before the first block of a day that is still there. */
  private void prune(Connection connection) throws SQLException {
    String sql =
        """
        WITH base AS (
          SELECT seq, link FROM %1$s
          WHERE seq < coalesce(
            (SELECT min(seq) FROM %1$s AS kept WHERE block > 0 AND NOT EXISTS (
              SELECT FROM %1$s AS gone
              WHERE gone.day = kept.day AND gone.block = 0 AND gone.seq > kept.seq)),
            9223372036854775807)
          ORDER BY seq DESC LIMIT 1
        ), forgotten AS (
          DELETE FROM %1$s WHERE seq <= (SELECT seq FROM base)
        )
        UPDATE %2$s SET chain_base = base.seq, chain_base_link = base.link FROM base
        """
            .formatted(chain, ends);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * @param kept shown every head that the chain has had, as far as it holds together
   */
  Expected expected(Connection connection, KeptHead kept) throws SQLException {
    Map<LocalDate, Map<Integer, byte[]>> blocks = new TreeMap<>();
    long before;
    byte[] link;
    long head;
    byte[] headLink;
    try (Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "SELECT chain_base, chain_base_link, chain_head, chain_head_link FROM " + ends)) {
      if (!row.next()) {
        return new Expected(blocks, 1, LocalDate.EPOCH, "");
      }
      before = row.getLong(1);
      link = row.getBytes(2);
      head = row.getLong(3);
      headLink = row.getBytes(4);
    }
    kept.compare(link);
    long broken = 0;
    @Nullable LocalDate day = null;
    String sql = "SELECT seq, day, block, hash, link FROM " + chain + " ORDER BY seq";
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(sql)) {
      while (row.next()) {
        long seq = row.getLong(1);
        day = row.getObject(2, LocalDate.class);
        int block = row.getInt(3);
        byte[] hash = row.getBytes(4);
        byte[] follows = link(link, seq, day, block, hash);
        if (seq != before + 1 || !Arrays.equals(follows, row.getBytes(5))) {
          return new Expected(blocks, before + 1, day, HexFormat.of().formatHex(headLink));
        }
        kept.compare(follows);
        kept.compare(hash);
        if (block == DROPPED) {
          blocks.remove(day);
        } else {
          blocks.computeIfAbsent(day, any -> new TreeMap<>()).put(block, hash);
        }
        before = seq;
        link = follows;
      }
    }
    if (before != head || !Arrays.equals(link, headLink)) {
      broken = before + 1;
      day = day == null ? LocalDate.EPOCH : day;
    }
    return new Expected(
        blocks, broken, broken == 0 ? null : day, HexFormat.of().formatHex(headLink));
  }

  private static byte[] link(byte[] previous, long seq, LocalDate day, int block, byte[] hash) {
    MessageDigest all = AuditRow.sha256();
    all.update(previous);
    all.update(
        ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
            .putLong(seq)
            .putLong(day.toEpochDay())
            .putInt(block)
            .array());
    all.update(hash);
    return all.digest();
  }
}
