package dev.webhookworker.postgres;

import dev.webhookworker.dlq.EditVersions;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what happened to an event, in order. Thread-safe. */
final class EventStory {

  private final Database database;

  EventStory(Database database) {
    this.database = database;
  }

  /**
   * The lines of an event: for each of its entries {@code received}, which is the time inside the
   * entry id, then what the audit log has, by time.
   *
   * @param tenantId only of entries that are known to be that tenant's; null for any
   */
  List<AuditEntry> of(String eventId, @Nullable String tenantId) throws StoreUnavailableException {
    String sql =
        """
        SELECT received_at, at, entry_id, action, attempt, actor, detail FROM %s AS line
        WHERE event_id = ? AND (?::text IS NULL
          OR EXISTS (SELECT FROM %s AS event
            WHERE event.event_id = line.event_id AND event.received_at = line.received_at
              AND event.entry_id = line.entry_id AND event.tenant_id = ?)
          OR EXISTS (SELECT FROM %s AS dead
            WHERE dead.entry_id = line.entry_id AND dead.tenant_id = ?))
        ORDER BY at, id
        """
            .formatted(
                database.table("webhook_audit_log"),
                database.table("webhook_events"),
                database.table("webhook_dlq"));
    try {
      return database.use(
          connection -> {
            Map<String, EditVersions> edits = new PayloadEdits(database).of(connection, eventId);
            try (PreparedStatement select = connection.prepareStatement(sql)) {
              select.setString(1, eventId);
              select.setString(2, tenantId);
              select.setString(3, tenantId);
              select.setString(4, tenantId);
              try (ResultSet row = select.executeQuery()) {
                return story(row, eventId, edits);
              }
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private static List<AuditEntry> story(
      ResultSet row, String eventId, Map<String, EditVersions> edits) throws SQLException {
    List<AuditEntry> story = new ArrayList<>();
    Set<String> entries = new HashSet<>();
    while (row.next()) {
      String entryId = row.getString("entry_id");
      if (!entryId.isEmpty() && entries.add(entryId)) {
        story.add(line(eventId, entryId, "received", time(row, "received_at"), 0, "", null));
      }
      story.add(
          line(
              eventId,
              entryId,
              row.getString("action"),
              time(row, "at"),
              row.getInt("attempt"),
              row.getString("actor"),
              EditVersions.shownIn(row.getString("detail"), edits)));
    }
    story.sort(Comparator.comparing(AuditEntry::at));
    return story;
  }

  private static AuditEntry line(
      String eventId,
      String entryId,
      String action,
      OffsetDateTime at,
      int attempt,
      String actor,
      @Nullable String detail) {
    return new AuditEntry(entryId, eventId, action, at.toInstant(), attempt, actor, detail);
  }

  private static OffsetDateTime time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class);
  }
}
