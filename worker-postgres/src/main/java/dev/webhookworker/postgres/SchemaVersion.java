package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One look at Flyway's history. A worker that finds its own version goes on at once: to load Flyway
 * only to learn that there is nothing to do took most of a worker's start.
 */
final class SchemaVersion {

  private SchemaVersion() {}

  /** Whether the schema is this worker's; false also when that can't be read. */
  static boolean isCurrent(Database database) {
    String sql =
        """
        SELECT version, (SELECT bool_and(success) FROM %1$s) FROM %1$s
        WHERE version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1
        """
            .formatted(database.table("webhook_schema_history"));
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      return row.next() && row.getString(1).equals(MigrationScript.newest()) && row.getBoolean(2);
    } catch (SQLException noHistory) {
      // Flyway makes it, or says what is wrong.
      return false;
    }
  }
}
