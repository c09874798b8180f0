package dev.webhookworker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.spi.TraceParent;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event to be published, as fields of the known format. Immutable; the {@code with} methods
 * return a changed copy.
 *
 * @param fields field names and values, in order
 */
public record OutgoingEvent(Map<String, String> fields) {

  public OutgoingEvent {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * An event with what is required.
   *
   * @param eventId the sender's id, by which duplicates are recognised
   * @param payload the raw JSON body
   */
  public static OutgoingEvent of(String eventId, String eventType, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", eventId);
    fields.put("event_type", eventType);
    fields.put("payload", payload);
    return new OutgoingEvent(fields);
  }

  public OutgoingEvent withRepoName(String name) {
    return with("repo_name", name);
  }

  public OutgoingEvent withSenderName(String name) {
    return with("sender_name", name);
  }

  /** JSON: tenant_id, principal_id and so on. */
  public OutgoingEvent withAuthContext(String json) {
    return with("auth_context", json);
  }

  /** JSON: tool_id, correlation_id, headers, traceparent and what else belongs to the event. */
  public OutgoingEvent withMetadata(String json) {
    return with("metadata", json);
  }

  /**
   * Names the trace that the worker's spans go on with, in the metadata. Metadata that is no JSON
   * object stays as it is.
   */
  public OutgoingEvent withTraceParent(TraceParent parent) {
    String before = fields.getOrDefault("metadata", "");
    try {
      JsonNode metadata = Json.MAPPER.readTree(before.isEmpty() ? "{}" : before);
      return metadata instanceof ObjectNode object
          ? withMetadata(object.put(TraceParent.FIELD, parent.text()).toString())
          : this;
    } catch (JsonProcessingException notJson) {
      return this;
    }
  }

  /** Whether the metadata names a trace. */
  public boolean hasTraceParent() {
    return fields.getOrDefault("metadata", "").contains('"' + TraceParent.FIELD + '"');
  }

  public OutgoingEvent withTimestamp(Instant time) {
    return with("timestamp", time.toString());
  }

  /** Any further field; the worker keeps unknown ones. */
  public OutgoingEvent with(String field, String value) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.put(field, value);
    return new OutgoingEvent(changed);
  }
}
