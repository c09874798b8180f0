package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes the audit row of something that a person or a program did to the store. */
final class AdministrativeAct {

  private AdministrativeAct() {}

  /**
   * @param eventId empty when it concerns no single event
   * @param detail without personal data
   */
  static void write(
      Connection connection,
      Database database,
      String eventId,
      String action,
      String actor,
      @Nullable String detail)
      throws SQLException {
    String sql =
        """
        INSERT INTO %s (received_at, at, entry_id, event_id, action, attempt, actor, detail)
        VALUES (now(), now(), '', ?, ?, 0, ?, ?)
        """
            .formatted(database.table("webhook_audit_log"));
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, eventId);
      insert.setString(2, action);
      insert.setString(3, actor);
      insert.setString(4, detail);
      insert.executeUpdate();
    }
  }
}
