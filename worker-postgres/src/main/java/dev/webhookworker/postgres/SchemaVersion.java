package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One look at Flyway's history. A worker that finds its own version goes on at once: to load Flyway
 * only to learn that there is nothing to do took most of a worker's start.
 */
final class SchemaVersion {

  private SchemaVersion() {}

  /** Whether the schema is this worker's; false also when that can't be read. */
  static boolean isCurrent(Database database) {
    try {
      return database.<Boolean, RuntimeException>use(connection -> isCurrent(connection, database));
    } catch (SQLException noHistory) {
      // Flyway makes it, or says what is wrong.
      return false;
    }
  }

  /** Whether the schema is this worker's; false where there is none. */
  static boolean isCurrent(Connection connection, Database database) throws SQLException {
    String history = database.table("webhook_schema_history");
    String sql =
        """
        SELECT version, (SELECT bool_and(success) FROM %1$s) FROM %1$s
        WHERE version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1
        """
            .formatted(history);
    try (Statement statement = connection.createStatement()) {
      try (ResultSet there = statement.executeQuery("SELECT to_regclass('" + history + "')")) {
        if (!there.next() || there.getString(1) == null) {
          return false;
        }
      }
      try (ResultSet row = statement.executeQuery(sql)) {
        return row.next() && row.getString(1).equals(MigrationScript.newest()) && row.getBoolean(2);
      }
    }
  }
}
