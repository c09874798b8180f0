package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.ErasedRows;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Erases events, dead letters and inbox rows, and writes for each event an audit row without the
 * data. A subject in an encrypted field is found as well, where its key is there.
 */
final class Erasure {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1_000;

  private final Database database;
  private final BiFunction<EncryptionContext, String, String> decrypt;

  Erasure(Database database, BiFunction<EncryptionContext, String, String> decrypt) {
    this.database = database;
    this.decrypt = decrypt;
  }

  /**
   * @param dryRun only looks for what would be erased
   */
  ErasedRows erase(ErasureFilter filter, String actor, boolean dryRun)
      throws StoreUnavailableException {
    try {
      return database.bulk(
          connection ->
              Transactions.run(connection, inside -> erase(inside, filter, actor, dryRun)));
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private ErasedRows erase(
      Connection connection, ErasureFilter filter, String actor, boolean dryRun)
      throws SQLException {
    Set<EventKey> keys = new LinkedHashSet<>();
    int events = find(connection, filter, Place.EVENTS, keys);
    int dead = find(connection, filter, Place.DEAD_LETTERS, keys);
    find(connection, filter, Place.EDITS, keys);
    if (filter.subject() == null) {
      find(connection, filter, Place.INBOX, keys);
    }
    List<EventKey> all = List.copyOf(keys);
    Set<String> ids = new LinkedHashSet<>();
    keys.forEach(key -> ids.add(key.eventId()));
    if (filter.tenantId() == null && filter.subject() == null) {
      ids.addAll(filter.eventIds());
    }
    if (dryRun) {
      return new ErasedRows(all, ids.size(), events, dead, 0);
    }
    // By entry: another tenant, or another event of the same one, may have the same id.
    events = delete(connection, Place.EVENTS, all);
    dead = delete(connection, Place.DEAD_LETTERS, all);
    delete(connection, Place.EDITS, all);
    int inbox = delete(connection, Place.INBOX, all);
    for (String id : ids) {
      AdministrativeAct.write(
          connection, database, id, "erased", actor, "by " + filter.described());
    }
    return new ErasedRows(all, ids.size(), events, dead, inbox);
  }

  private enum Place {
    EVENTS("webhook_events", "payload::text", "received_at"),
    DEAD_LETTERS("webhook_dlq", "payload", "created_at"),
    EDITS("webhook_dlq_edit", "before", "edited_at"),
    INBOX("webhook_inbox", "''", "processed_at");

    private final String table;
    private final String payload;
    private final String time;

    Place(String table, String payload, String time) {
      this.table = table;
      this.payload = payload;
      this.time = time;
    }

    EncryptionContext context(@Nullable String tenantId, EventKey key) {
      return this == EVENTS
          ? EncryptionContext.ofEvent(tenantId, key.entryId(), key.eventId())
          : EncryptionContext.ofDeadLetter(tenantId, key.entryId(), key.eventId());
    }
  }

  private int find(Connection connection, ErasureFilter filter, Place place, Set<EventKey> keys)
      throws SQLException {
    String sql =
        """
        SELECT event_id, entry_id, tenant_id, %s FROM %s
        WHERE (?::text IS NULL OR tenant_id = ?) AND (? OR event_id = ANY (?))
        ORDER BY %s
        """
            .formatted(place.payload, database.table(place.table), place.time);
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
          EncryptionContext context = place.context(row.getString(3), key);
          if (concerns(filter, context, row.getString(4))) {
            keys.add(key);
            found++;
          }
        }
      }
    }
    return found;
  }

  private boolean concerns(ErasureFilter filter, EncryptionContext context, String payload) {
    String subject = filter.subject();
    String value = filter.value();
    if (subject == null || value == null) {
      return true;
    }
    try {
      return JSON.readTree(decrypt.apply(context, payload))
          .at(JsonPointer.compile(subject))
          .asText()
          .equals(value);
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  private int delete(Connection connection, Place place, List<EventKey> keys) throws SQLException {
    String sql =
        """
        DELETE FROM %s AS row USING unnest(?::text[], ?::text[]) AS key (event_id, entry_id)
        WHERE row.event_id = key.event_id AND row.entry_id = key.entry_id
        """
            .formatted(database.table(place.table));
    int deleted = 0;
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (int from = 0; from < keys.size(); from += PAGE) {
        List<EventKey> page = keys.subList(from, Math.min(keys.size(), from + PAGE));
        ColumnArrays<EventKey> columns = new ColumnArrays<>(connection, delete, page);
        columns.text(EventKey::eventId);
        columns.text(EventKey::entryId);
        deleted += delete.executeUpdate();
      }
    }
    return deleted;
  }
}
