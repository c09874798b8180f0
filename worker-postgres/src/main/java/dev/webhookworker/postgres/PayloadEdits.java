package dev.webhookworker.postgres;

import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.dlq.EditVersions;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.StoreUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Both versions of edited payloads, outside the append-only log so that they can be erased. The
 * log's line has their hash; the salt goes with the versions, so that nobody can find out by trying
 * what an erased one said. Thread-safe.
 */
final class PayloadEdits {

  private static final int SALT = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Database database;
  private final String table;

  PayloadEdits(Database database) {
    this.database = database;
    table = database.table("webhook_dlq_edit");
  }

  /** Keeps it; its hash. */
  String keep(PayloadEdit edit) throws StoreUnavailableException {
    byte[] salt = new byte[SALT];
    RANDOM.nextBytes(salt);
    String hash = hash(salt, edit.before(), edit.after());
    String sql =
        """
        INSERT INTO %s (hash, entry_id, event_id, tenant_id, salt, before, after)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
            .formatted(table);
    try {
      return database.use(
          connection -> {
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
              insert.setString(1, hash);
              insert.setString(2, edit.entryId());
              insert.setString(3, DeadLetterRows.storable(edit.eventId()));
              insert.setString(4, DeadLetterRows.storable(edit.tenantId()));
              insert.setBytes(5, salt);
              insert.setString(6, DeadLetterRows.storable(edit.before()));
              insert.setString(7, DeadLetterRows.storable(edit.after()));
              insert.executeUpdate();
              return hash;
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  /** Those of an event that were not erased, by their hash. */
  Map<String, EditVersions> of(Connection connection, String eventId) throws SQLException {
    Map<String, EditVersions> all = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT hash, before, after FROM " + table + " WHERE event_id = ?")) {
      select.setString(1, eventId);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          all.put(row.getString(1), new EditVersions(row.getString(2), row.getString(3)));
        }
      }
    }
    return all;
  }

  /** Deletes what is older than the audit log is kept. */
  void prune(Connection connection, Instant now, int days) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + table + " WHERE edited_at < ?")) {
      delete.setObject(
          1, OffsetDateTime.ofInstant(now.minus(Duration.ofDays(days)), ZoneOffset.UTC));
      delete.executeUpdate();
    }
  }

  /** Over what a rotation of keys leaves as it is. */
  private static String hash(byte[] salt, String before, String after) {
    MessageDigest all = AuditRow.sha256();
    all.update(salt);
    for (String version : new String[] {before, after}) {
      byte[] bytes = FieldEncryption.masked(version).getBytes(StandardCharsets.UTF_8);
      all.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      all.update(bytes);
    }
    return HexFormat.of().formatHex(all.digest());
  }
}
