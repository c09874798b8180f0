package dev.webhookworker.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One row of the audit log as the seals see it.
 *
 * @param day of {@code received_at}, in UTC
 * @param hash SHA-256 over all columns, each with its length before it
 */
record AuditRow(long id, LocalDate day, byte[] hash) {

  /**
   * Times in microseconds, which is all they have. One that no {@code bigint} takes, {@code
   * infinity} too, counts as the last that it does: a single row with it must not stop the sealing.
   */
  static final String COLUMNS =
      """
      id, (received_at AT TIME ZONE 'UTC')::date AS day,
        least(greatest(extract(epoch FROM received_at)::numeric * 1000000,
          -9223372036854775808), 9223372036854775807)::bigint AS received,
        least(greatest(extract(epoch FROM at)::numeric * 1000000,
          -9223372036854775808), 9223372036854775807)::bigint AS happened,
        entry_id, event_id, action, attempt, actor, detail
      """;

  static AuditRow of(ResultSet row) throws SQLException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    long id = row.getLong("id");
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(id);
      out.writeLong(row.getLong("received"));
      out.writeLong(row.getLong("happened"));
      text(out, row.getString("entry_id"));
      text(out, row.getString("event_id"));
      text(out, row.getString("action"));
      out.writeInt(row.getInt("attempt"));
      text(out, row.getString("actor"));
      text(out, row.getString("detail"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new AuditRow(
        id, row.getObject("day", LocalDate.class), sha256().digest(bytes.toByteArray()));
  }

  private static void text(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
