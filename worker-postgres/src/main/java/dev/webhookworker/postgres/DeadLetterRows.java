package dev.webhookworker.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes and reads rows of dead letters, many with one statement. Stateless. */
final class DeadLetterRows {

  /** What {@link #summary} reads. */
  static final String SUMMARY =
      "entry_id, event_id, event_type, tool_id, tenant_id, status, reason, error_class,"
          + " error_message, fingerprint, retryable, failures, retry_count, last_retry_at,"
          + " first_received_at, dead_at, worker";

  /** What {@link #found} reads beside. */
  static final String REST = "payload, raw_payload, fields, record, dlq_ms, dlq_seq";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String upsert;

  DeadLetterRows(String table) {
    upsert =
        """
        INSERT INTO %s AS t (entry_id, event_id, event_type, payload, raw_payload, error_message,
          retry_count, last_retry_at, created_at, status, fields, record, tool_id, tenant_id, reason,
          error_class, fingerprint, retryable, failures, worker, first_received_at, dead_at,
          next_retry_at, dlq_ms, dlq_seq, metadata)
        SELECT entry_id, event_id, event_type, payload, decode(raw, 'hex'), error_message,
          retry_count, 'epoch'::timestamptz + last_retry * interval '1 microsecond',
          'epoch'::timestamptz + dead * interval '1 microsecond', status, fields::json,
          record::json, tool_id, tenant_id, reason, error_class, fingerprint, retryable, failures,
          worker, 'epoch'::timestamptz + received * interval '1 microsecond',
          'epoch'::timestamptz + dead * interval '1 microsecond',
          'epoch'::timestamptz + next_retry * interval '1 microsecond', dlq_ms, dlq_seq,
          jsonb_build_object('reason', reason, 'error_class', error_class, 'tool_id', tool_id,
            'tenant_id', tenant_id, 'worker', worker)
        FROM %s
        ON CONFLICT (entry_id) DO UPDATE SET
          payload = EXCLUDED.payload, raw_payload = EXCLUDED.raw_payload,
          error_message = EXCLUDED.error_message, retry_count = EXCLUDED.retry_count,
          last_retry_at = EXCLUDED.last_retry_at, status = EXCLUDED.status,
          fields = EXCLUDED.fields, record = EXCLUDED.record, tool_id = EXCLUDED.tool_id,
          tenant_id = EXCLUDED.tenant_id, reason = EXCLUDED.reason,
          error_class = EXCLUDED.error_class, fingerprint = EXCLUDED.fingerprint,
          retryable = EXCLUDED.retryable, failures = EXCLUDED.failures, worker = EXCLUDED.worker,
          dead_at = EXCLUDED.dead_at, next_retry_at = EXCLUDED.next_retry_at,
          dlq_ms = EXCLUDED.dlq_ms, dlq_seq = EXCLUDED.dlq_seq, metadata = EXCLUDED.metadata,
          ended_at = NULL, leaving = false
        WHERE (EXCLUDED.dlq_ms, EXCLUDED.dlq_seq) > (t.dlq_ms, t.dlq_seq)
        """
            .formatted(
                table,
                ColumnArrays.rows(
                    "entry_id text",
                    "event_id text",
                    "event_type text",
                    "payload text",
                    "raw text",
                    "error_message text",
                    "retry_count int",
                    "last_retry bigint",
                    "status text",
                    "fields text",
                    "record text",
                    "tool_id text",
                    "tenant_id text",
                    "reason text",
                    "error_class text",
                    "fingerprint text",
                    "retryable bool",
                    "failures int",
                    "worker text",
                    "received bigint",
                    "dead bigint",
                    "next_retry bigint",
                    "dlq_ms bigint",
                    "dlq_seq bigint"));
  }

  int write(Connection connection, List<DeadLetterTable.Row> rows) throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      ColumnArrays<DeadLetterTable.Row> columns = new ColumnArrays<>(connection, statement, rows);
      columns.text(row -> row.entry().entryId());
      columns.text(row -> storable(row.entry().eventId()));
      columns.text(row -> storable(row.entry().eventType()));
      columns.text(row -> storable(payload(row)));
      columns.text(DeadLetterRows::rawPayload);
      columns.text(row -> storable(row.entry().record().message()));
      columns.integer(row -> row.entry().record().retries().count());
      columns.time(DeadLetterRows::lastRetry);
      columns.text(row -> row.failed() ? "failed" : "pending");
      columns.text(DeadLetterRows::fields);
      columns.text(row -> storable(DeadLetterJson.of(row.entry().entryId(), row.entry().record())));
      columns.text(row -> storable(row.entry().record().toolId()));
      columns.text(row -> storable(row.entry().record().tenantId()));
      columns.text(row -> row.entry().record().reason());
      columns.text(row -> storable(row.entry().record().errorClass()));
      columns.text(row -> row.entry().record().digest());
      columns.flag(row -> row.entry().record().retryable());
      columns.integer(row -> row.entry().record().failures());
      columns.text(row -> storable(row.entry().record().worker()));
      columns.time(row -> row.entry().record().firstReceivedAt());
      columns.time(row -> row.entry().record().deadAt());
      columns.time(DeadLetterTable.Row::nextRetryAt);
      columns.number(row -> EntryIds.millis(row.entry().position()));
      columns.number(row -> EntryIds.sequence(row.entry().position()));
      return statement.executeUpdate();
    }
  }

  private static @Nullable Instant lastRetry(DeadLetterTable.Row row) {
    var retries = row.entry().record().retries().last();
    return retries.isEmpty() ? null : retries.get(retries.size() - 1).at();
  }

  private static String payload(DeadLetterTable.Row row) {
    String text = row.entry().fields().text("payload");
    return text == null ? "" : text;
  }

  /** The bytes in hex where the text column can't keep them, else null. */
  private static @Nullable String rawPayload(DeadLetterTable.Row row) {
    byte[] bytes = row.entry().fields().bytes("payload");
    if (bytes == null) {
      return null;
    }
    byte[] kept = String.valueOf(storable(payload(row))).getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(bytes, kept) ? null : HexFormat.of().formatHex(bytes);
  }

  private static String fields(DeadLetterTable.Row row) {
    ObjectNode json = JSON.createObjectNode();
    row.entry()
        .fields()
        .forEach(
            (name, value) -> {
              if (!name.equals("payload") && !json.has(name)) {
                json.put(name, new String(value, StandardCharsets.UTF_8));
              }
            });
    return String.valueOf(storable(json.toString()));
  }

  /** A text column takes neither NUL nor half a surrogate pair. */
  static @Nullable String storable(@Nullable String text) {
    if (text == null || isStorable(text)) {
      return text;
    }
    byte[] bytes = text.replace('\u0000', '\ufffd').getBytes(StandardCharsets.UTF_8);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  static DeadLetter summary(ResultSet row) throws SQLException {
    return new DeadLetter(
        row.getString("entry_id"),
        row.getString("event_id"),
        row.getString("event_type"),
        row.getString("tool_id"),
        row.getString("tenant_id"),
        DeadLetterStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        row.getString("error_class"),
        row.getString("error_message"),
        row.getString("fingerprint"),
        row.getBoolean("retryable"),
        row.getInt("failures"),
        row.getInt("retry_count"),
        row.getObject("last_retry_at") == null ? null : time(row, "last_retry_at"),
        time(row, "first_received_at"),
        time(row, "dead_at"),
        row.getString("worker"));
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static DeadLetterView.Found found(ResultSet row) throws SQLException {
    EntryFields.Builder fields = EntryFields.builder(8);
    try {
      JsonNode others = JSON.readTree(row.getString("fields"));
      for (String name : (Iterable<String>) others::fieldNames) {
        fields.add(name, others.path(name).asText().getBytes(StandardCharsets.UTF_8));
      }
    } catch (JsonProcessingException neverWritten) {
      throw new SQLException("the column fields holds no JSON", neverWritten);
    }
    byte[] raw = row.getBytes("raw_payload");
    fields.add(
        "payload", raw == null ? row.getString("payload").getBytes(StandardCharsets.UTF_8) : raw);
    DeadLetterEntry entry =
        new DeadLetterEntry(
            row.getLong("dlq_ms") + "-" + row.getLong("dlq_seq"),
            row.getString("entry_id"),
            fields.build(),
            DeadLetterJson.read(row.getString("record").getBytes(StandardCharsets.UTF_8)));
    return new DeadLetterView.Found(summary(row), entry);
  }
}
