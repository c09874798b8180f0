package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rights that a worker uses which does not own the tables, as docs/storage.md grants them. */
final class StorageRights {

  private static final Map<String, List<String>> USED = new LinkedHashMap<>();
  private static final Map<String, List<String>> USED_FOR_SEALING = new LinkedHashMap<>();

  static {
    USED.put("webhook_events", List.of("SELECT", "INSERT", "DELETE"));
    USED.put("webhook_events_default", List.of("SELECT"));
    USED.put("webhook_audit_log", List.of("SELECT", "INSERT"));
    USED.put("webhook_audit_log_default", List.of("SELECT"));
    USED.put("webhook_dlq", List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
    USED.put("webhook_dlq_position", List.of("SELECT", "INSERT", "UPDATE"));
    USED.put("webhook_dlq_refused", List.of("SELECT", "INSERT", "DELETE"));
    USED.put("webhook_dlq_edit", List.of("SELECT", "INSERT", "DELETE"));
    USED.put("webhook_inbox", List.of("SELECT", "INSERT", "DELETE"));
    USED.put("webhook_tools", List.of("SELECT", "INSERT", "UPDATE"));
    USED.put("webhook_audit_log_id_seq", List.of("SELECT"));
    USED.put("webhook_audit_seal", List.of("SELECT"));
    USED.put("webhook_audit_chain", List.of("SELECT"));
    USED.put("webhook_audit_sealed", List.of("SELECT"));
    USED_FOR_SEALING.put("webhook_audit_seal", List.of("INSERT"));
    USED_FOR_SEALING.put("webhook_audit_chain", List.of("INSERT"));
    USED_FOR_SEALING.put("webhook_audit_sealed", List.of("UPDATE"));
  }

  private final Database database;

  StorageRights(Database database) {
    this.database = database;
  }

  /** What the role lacks for storing, dead letters, tools and erasure. */
  List<String> missing(Connection connection) throws SQLException {
    return missing(connection, USED);
  }

  /** What the role lacks for sealing, which may be left to the owner of the tables. */
  List<String> missingForSealing(Connection connection) throws SQLException {
    return missing(connection, USED_FOR_SEALING);
  }

  private List<String> missing(Connection connection, Map<String, List<String>> used)
      throws SQLException {
    // A right on some of the columns is one on the columns that are written.
    String sql =
        """
        SELECT CASE WHEN privilege IN ('INSERT', 'UPDATE')
          THEN has_any_column_privilege(?, privilege) ELSE has_table_privilege(?, privilege) END
        FROM (SELECT ?::text AS privilege) AS asked
        """;
    List<String> missing = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (Map.Entry<String, List<String>> table : used.entrySet()) {
        for (String privilege : table.getValue()) {
          select.setString(1, database.table(table.getKey()));
          select.setString(2, database.table(table.getKey()));
          select.setString(3, privilege);
          try (ResultSet row = select.executeQuery()) {
            if (row.next() && !row.getBoolean(1)) {
              missing.add(privilege + " on " + table.getKey());
            }
          }
        }
      }
    }
    return missing;
  }
}
