package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.port.ErasedRows;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Erases events, dead letters and inbox rows, and writes for each event an audit row without the
 * data. A subject in an encrypted field is found as well, where its key is there.
 */
final class Erasure {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1_000;

  private final Database database;
  private final BinaryOperator<String> decrypt;

  Erasure(Database database, BinaryOperator<String> decrypt) {
    this.database = database;
    this.decrypt = decrypt;
  }

  /**
   * @param dryRun only looks for what would be erased
   */
  ErasedRows erase(ErasureFilter filter, String actor, boolean dryRun)
      throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try {
        Set<EventKey> keys = new LinkedHashSet<>();
        int found = find(connection, filter, "webhook_events", "received_at", keys);
        int foundDead = find(connection, filter, "webhook_dlq", "created_at", keys);
        Set<String> ids = new LinkedHashSet<>();
        keys.forEach(key -> ids.add(key.eventId()));
        if (filter.tenantId() == null && filter.subject() == null) {
          ids.addAll(filter.eventIds());
        }
        List<String> all = List.copyOf(ids);
        if (dryRun) {
          return new ErasedRows(List.copyOf(keys), all.size(), found, foundDead, 0);
        }
        // Only the tenant's rows go: another tenant may use the same event id.
        int events = delete(connection, "webhook_events", filter, all);
        int dead = delete(connection, "webhook_dlq", filter, all);
        delete(connection, "webhook_dlq_edit", filter, all);
        int inbox = delete(connection, "webhook_inbox", filter, all);
        for (String id : all) {
          AdministrativeAct.write(
              connection, database, id, "erased", actor, "by " + filter.described());
        }
        connection.commit();
        return new ErasedRows(List.copyOf(keys), all.size(), events, dead, inbox);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private int find(
      Connection connection, ErasureFilter filter, String table, String time, Set<EventKey> keys)
      throws SQLException {
    String sql =
        """
        SELECT event_id, entry_id, payload::text FROM %s
        WHERE (?::text IS NULL OR tenant_id = ?) AND (? OR event_id = ANY (?))
        ORDER BY %s
        """
            .formatted(database.table(table), time);
    int found = 0;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setFetchSize(PAGE);
      select.setString(1, filter.tenantId());
      select.setString(2, filter.tenantId());
      select.setBoolean(3, filter.eventIds().isEmpty());
      select.setObject(4, TextArray.of(filter.eventIds(), id -> id));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          EventKey key = new EventKey(row.getString(1), row.getString(2));
          if (concerns(filter, key.eventId(), row.getString(3))) {
            keys.add(key);
            found++;
          }
        }
      }
    }
    return found;
  }

  private boolean concerns(ErasureFilter filter, String eventId, String payload) {
    String subject = filter.subject();
    String value = filter.value();
    if (subject == null || value == null) {
      return true;
    }
    try {
      return JSON.readTree(decrypt.apply(eventId, payload))
          .at(JsonPointer.compile(subject))
          .asText()
          .equals(value);
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  private int delete(Connection connection, String table, ErasureFilter filter, List<String> ids)
      throws SQLException {
    boolean ofTenant = filter.tenantId() != null && !table.equals("webhook_inbox");
    String sql =
        "DELETE FROM "
            + database.table(table)
            + " WHERE event_id = ANY (?)"
            + (ofTenant ? " AND tenant_id = ?" : "");
    int deleted = 0;
    List<String> left = new ArrayList<>(ids);
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (int from = 0; from < left.size(); from += PAGE) {
        List<String> page = left.subList(from, Math.min(left.size(), from + PAGE));
        delete.setObject(1, TextArray.of(page, id -> id));
        if (ofTenant) {
          delete.setString(2, filter.tenantId());
        }
        deleted += delete.executeUpdate();
      }
    }
    return deleted;
  }
}
