package dev.webhookworker.postgres;

import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes rows, many with one statement. Stateless. */
final class EventRows {

  private final String insertEvents;
  private final String insertAudit;

  EventRows(Database database) {
    insertEvents =
        """
        WITH stored AS (
          INSERT INTO %s (event_id, received_at, entry_seq, partition, entry_id, event_type,
            tool_id, tenant_id, repo_name, sender_name, payload, result, auth_context, metadata,
            correlation_id, attempt, processed_at, worker)
          SELECT event_id, 'epoch'::timestamptz + received * interval '1 millisecond', entry_seq,
            partition, entry_id,
            event_type, tool_id, tenant_id, repo_name, sender_name, payload::json, result::json,
            auth_context::json, metadata::json, correlation_id, attempt,
            'epoch'::timestamptz + processed * interval '1 millisecond', worker
          FROM %s
          ON CONFLICT DO NOTHING
          RETURNING event_id, received_at, processed_at, entry_id, attempt, worker
        )
        INSERT INTO %s (received_at, at, entry_id, event_id, action, attempt, actor)
        SELECT received_at, processed_at, entry_id, event_id, 'processed', attempt, worker
        FROM stored
        """
            .formatted(
                database.table("webhook_events"),
                ColumnArrays.rows(
                    "event_id text",
                    "received bigint",
                    "entry_seq bigint",
                    "partition int",
                    "entry_id text",
                    "event_type text",
                    "tool_id text",
                    "tenant_id text",
                    "repo_name text",
                    "sender_name text",
                    "payload text",
                    "result text",
                    "auth_context text",
                    "metadata text",
                    "correlation_id text",
                    "attempt int",
                    "processed bigint",
                    "worker text"),
                database.table("webhook_audit_log"));
    insertAudit =
        """
        INSERT INTO %s (received_at, at, entry_id, event_id, action, attempt, actor, detail)
        SELECT 'epoch'::timestamptz + received * interval '1 millisecond',
          'epoch'::timestamptz + at * interval '1 millisecond', entry_id, event_id, action,
          attempt, actor, detail
        FROM %s
        ON CONFLICT DO NOTHING
        """
            .formatted(
                database.table("webhook_audit_log"),
                ColumnArrays.rows(
                    "received bigint",
                    "at bigint",
                    "entry_id text",
                    "event_id text",
                    "action text",
                    "attempt int",
                    "actor text",
                    "detail text"));
  }

  /** Inserts events that are not there, each with its audit row. */
  void insert(Connection connection, List<EventRecord> records) throws SQLException {
    if (records.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(insertEvents)) {
      ColumnArrays<EventRecord> columns = new ColumnArrays<>(connection, insert, records);
      columns.text(EventRecord::eventId);
      columns.number(record -> EntryIds.millis(record.entryId()));
      columns.number(record -> EntryIds.sequence(record.entryId()));
      columns.integer(record -> EntryIds.partition(record.entryId()));
      columns.text(EventRecord::entryId);
      columns.text(EventRecord::eventType);
      columns.text(EventRecord::toolId);
      columns.text(EventRecord::tenantId);
      columns.text(EventRecord::repoName);
      columns.text(EventRecord::senderName);
      columns.utf8(record -> record.payload().bytes());
      columns.text(EventRecord::result);
      columns.text(EventRecord::authContext);
      columns.text(EventRecord::metadata);
      columns.text(EventRecord::correlationId);
      columns.integer(EventRecord::attempt);
      columns.number(record -> record.processedAt().toEpochMilli());
      columns.text(EventRecord::worker);
      insert.executeUpdate();
    }
  }

  /** Inserts audit lines that are not there. */
  void insertAudit(Connection connection, List<AuditEntry> entries) throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(insertAudit)) {
      ColumnArrays<AuditEntry> columns = new ColumnArrays<>(connection, insert, entries);
      columns.number(entry -> EntryIds.millis(entry.entryId()));
      columns.number(entry -> entry.at().toEpochMilli());
      columns.text(AuditEntry::entryId);
      columns.text(AuditEntry::eventId);
      columns.text(AuditEntry::action);
      columns.integer(AuditEntry::attempt);
      columns.text(AuditEntry::actor);
      columns.text(AuditEntry::detail);
      insert.executeUpdate();
    }
  }
}
