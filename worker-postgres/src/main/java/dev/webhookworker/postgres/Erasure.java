package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Erases events, dead letters and inbox rows, and writes for each event an audit row without the
 * data. A subject in an encrypted field is found as well, where its key is there.
 */
final class Erasure {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1_000;

  private final Database database;
  private final FieldEncryption encryption;

  /**
   * What was found, and erased unless it was only looked for.
   *
   * @param eventIds the events concerned
   */
  record Report(List<String> eventIds, int events, int deadLetters, int inboxRows) {}

  Erasure(Database database, FieldEncryption encryption) {
    this.database = database;
    this.encryption = encryption;
  }

  /**
   * @param dryRun only looks for what would be erased
   */
  Report erase(ErasureFilter filter, String actor, boolean dryRun)
      throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try {
        Set<String> ids = new LinkedHashSet<>();
        find(connection, filter, "webhook_events", "tenant_id", "received_at", ids);
        find(connection, filter, "webhook_dlq", "metadata ->> 'tenant_id'", "created_at", ids);
        if (filter.tenantId() == null && filter.subject() == null) {
          ids.addAll(filter.eventIds());
        }
        List<String> all = List.copyOf(ids);
        if (dryRun) {
          return new Report(all, 0, 0, 0);
        }
        // Only the tenant's rows go: another tenant may use the same event id.
        int events = delete(connection, "webhook_events", "tenant_id", filter, all);
        int dead = delete(connection, "webhook_dlq", "metadata ->> 'tenant_id'", filter, all);
        int inbox = delete(connection, "webhook_inbox", null, filter, all);
        for (String id : all) {
          AdministrativeAct.write(
              connection, database, id, "erased", actor, "by " + filter.described());
        }
        connection.commit();
        return new Report(all, events, dead, inbox);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private void find(
      Connection connection,
      ErasureFilter filter,
      String table,
      String tenant,
      String time,
      Set<String> ids)
      throws SQLException {
    String sql =
        """
        SELECT event_id, payload::text FROM %s
        WHERE (?::text IS NULL OR %s = ?) AND (? OR event_id = ANY (?))
        ORDER BY %s
        """
            .formatted(database.table(table), tenant, time);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setFetchSize(PAGE);
      select.setString(1, filter.tenantId());
      select.setString(2, filter.tenantId());
      select.setBoolean(3, filter.eventIds().isEmpty());
      select.setArray(4, connection.createArrayOf("text", filter.eventIds().toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String id = row.getString(1);
          if (concerns(filter, id, row.getString(2))) {
            ids.add(id);
          }
        }
      }
    }
  }

  private boolean concerns(ErasureFilter filter, String eventId, String payload) {
    String subject = filter.subject();
    String value = filter.value();
    if (subject == null || value == null) {
      return true;
    }
    try {
      return JSON.readTree(encryption.decrypt(eventId, payload).text())
          .at(JsonPointer.compile(subject))
          .asText()
          .equals(value);
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  private int delete(
      Connection connection,
      String table,
      @org.jspecify.annotations.Nullable String tenant,
      ErasureFilter filter,
      List<String> ids)
      throws SQLException {
    boolean ofTenant = tenant != null && filter.tenantId() != null;
    String sql =
        "DELETE FROM "
            + database.table(table)
            + " WHERE event_id = ANY (?)"
            + (ofTenant ? " AND " + tenant + " = ?" : "");
    int deleted = 0;
    List<String> left = new ArrayList<>(ids);
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (int from = 0; from < left.size(); from += PAGE) {
        List<String> page = left.subList(from, Math.min(left.size(), from + PAGE));
        delete.setArray(1, connection.createArrayOf("text", page.toArray()));
        if (ofTenant) {
          delete.setString(2, filter.tenantId());
        }
        deleted += delete.executeUpdate();
      }
    }
    return deleted;
  }
}
