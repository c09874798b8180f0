package dev.webhookworker.postgres;

import dev.webhookworker.EventFilter;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.port.EventHistory;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Questions about stored events. Thread-safe. */
final class PostgresHistory implements EventHistory {

  private static final String COLUMNS =
      """
      entry_id, event_id, event_type, tool_id, tenant_id, repo_name, sender_name, payload,
        auth_context, metadata, correlation_id, attempt, received_at, processed_at, worker
      """
          .strip();

  private final Database database;
  private final Query query;

  PostgresHistory(Database database) {
    this.database = database;
    query = new Query(database);
  }

  @Override
  public StoredEventPage search(EventFilter filter, @Nullable String cursor, int limit)
      throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    if (cursor != null) {
      TimeCursor from = TimeCursor.parse(cursor);
      conditions.and("(received_at, entry_id) > (?, ?)", from.at(), from.id());
    }
    String sql =
        """
        SELECT %s FROM %s %s ORDER BY received_at, entry_id LIMIT %d
        """
            .formatted(COLUMNS, database.table("webhook_events"), conditions.where(), limit + 1);
    List<StoredEvent> events = events(sql, conditions);
    if (events.size() <= limit) {
      return new StoredEventPage(events, null);
    }
    StoredEvent last = events.get(limit - 1);
    return new StoredEventPage(
        events.subList(0, limit), new TimeCursor(last.receivedAt(), last.entryId()).toString());
  }

  /** The last events received, the newest first. */
  List<StoredEvent> latest(EventFilter filter, int most) throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    String sql =
        "SELECT %s FROM %s %s ORDER BY received_at DESC, entry_id DESC LIMIT %d"
            .formatted(COLUMNS, database.table("webhook_events"), conditions.where(), most);
    return events(sql, conditions);
  }

  private List<StoredEvent> events(String sql, Conditions conditions)
      throws StoreUnavailableException {
    return query.ask(
        sql,
        select -> conditions.set(select, 1),
        row -> {
          List<StoredEvent> events = new ArrayList<>();
          while (row.next()) {
            events.add(event(row));
          }
          return events;
        });
  }

  private static Conditions conditions(EventFilter filter) {
    return new Conditions()
        .andIf("event_id = ?", filter.eventId())
        .andIf("event_type = ?", filter.eventType())
        .andIf("tool_id = ?", filter.toolId())
        .andIf("tenant_id = ?", filter.tenantId())
        .andIf("received_at >= ?", filter.receivedFrom())
        .andIf("received_at < ?", filter.receivedBefore());
  }

  private static StoredEvent event(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getString("entry_id"),
        row.getString("event_id"),
        row.getString("event_type"),
        row.getString("tool_id"),
        row.getString("tenant_id"),
        row.getString("repo_name"),
        row.getString("sender_name"),
        row.getString("payload"),
        row.getString("auth_context"),
        row.getString("metadata"),
        row.getString("correlation_id"),
        row.getInt("attempt"),
        DeadLetterRows.time(row, "received_at"),
        DeadLetterRows.time(row, "processed_at"),
        row.getString("worker"));
  }

  @Override
  public long count(EventFilter filter) throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    String sql =
        "SELECT count(*) FROM %s %s"
            .formatted(database.table("webhook_events"), conditions.where());
    return query.ask(
        sql,
        select -> conditions.set(select, 1),
        row -> {
          row.next();
          return row.getLong(1);
        });
  }
}
