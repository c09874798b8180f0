package dev.webhookworker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One webhook event, as it was read from the stream.
 *
 * <p>The payload and the JSON fields are parsed when they are first asked for. Immutable as far as
 * the caller leaves the JSON trees unchanged; safe to hand to other threads.
 */
public final class WebhookEvent {

  private final String entryId;
  private final EntryFields fields;
  private final String eventId;
  private final String eventType;
  private final JsonText rawPayload;

  // Parsed on demand; racing threads compute equal values.
  private volatile @Nullable JsonNode payload;
  private volatile @Nullable JsonNode metadata;
  private volatile @Nullable JsonNode authContext;

  private WebhookEvent(
      String entryId,
      EntryFields fields,
      String eventId,
      String eventType,
      JsonText rawPayload,
      @Nullable JsonNode payload) {
    this.entryId = entryId;
    this.fields = fields;
    this.eventId = eventId;
    this.eventType = eventType;
    this.rawPayload = rawPayload;
    this.payload = payload;
  }

  /**
   * An event from fields that the decoder has checked. Users get events from the worker; for tests
   * see {@link #of}.
   */
  public static WebhookEvent decoded(
      String entryId, EntryFields fields, String eventId, String eventType) {
    return new WebhookEvent(
        entryId, fields, eventId, eventType, JsonText.of(receivedPayload(fields)), null);
  }

  /** An event for unit tests of processors. */
  public static WebhookEvent of(String eventId, String eventType, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", eventId);
    fields.put("event_type", eventType);
    fields.put("payload", payload);
    return decoded("0-0", EntryFields.of(fields), eventId, eventType);
  }

  /** The same event with another payload, as a transformation returns it. */
  public WebhookEvent withPayload(JsonNode newPayload) {
    return new WebhookEvent(
        entryId, fields, eventId, eventType, JsonText.of(newPayload.toString()), newPayload);
  }

  /** The sender's id of the event, the idempotency key; never empty. */
  public String eventId() {
    return eventId;
  }

  /** The type, e.g. {@code push} or {@code invoice.paid}; never empty. */
  public String eventType() {
    return eventType;
  }

  /**
   * The payload as a tree; numbers keep their exact value, of duplicate keys the last one counts.
   */
  public JsonNode payload() {
    JsonNode parsed = payload;
    if (parsed == null) {
      parsed = parse(rawPayload());
      payload = parsed;
    }
    return parsed;
  }

  /** The payload exactly as received. */
  public String rawPayload() {
    return rawPayload.text();
  }

  /** The same, decoded only when it is asked for; for stores. */
  public JsonText payloadText() {
    return rawPayload;
  }

  /** How many bytes of JSON the payload has, before any transformation. */
  public int payloadSize() {
    return receivedPayload(fields).length;
  }

  private static byte[] receivedPayload(EntryFields fields) {
    return Objects.requireNonNull(
        fields.bytes("payload"), "the decoder lets no entry pass without a payload");
  }

  /** The bytes of {@link #rawPayload()}, a copy. */
  public byte[] rawPayloadBytes() {
    return rawPayload().getBytes(StandardCharsets.UTF_8);
  }

  /** The entry's {@code metadata}; a missing node when it is absent. */
  public JsonNode metadata() {
    JsonNode parsed = metadata;
    if (parsed == null) {
      parsed = parse(field("metadata"));
      metadata = parsed;
    }
    return parsed;
  }

  /** The entry's {@code auth_context}; a missing node when it is absent. */
  public JsonNode authContext() {
    JsonNode parsed = authContext;
    if (parsed == null) {
      parsed = parse(field("auth_context"));
      authContext = parsed;
    }
    return parsed;
  }

  /**
   * When the event happened by the sender's word; the time of the stream entry when the field is
   * absent or is not an RFC 3339 time.
   */
  public Instant timestamp() {
    String text = field("timestamp");
    if (text != null) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException notATime) {
        return receivedAt();
      }
    }
    return receivedAt();
  }

  /** When the entry was added to the stream. */
  public Instant receivedAt() {
    return EntryIds.time(entryId);
  }

  /** The tenant of the auth context, null when there is none. */
  public @Nullable String tenantId() {
    return field("auth_context") == null ? null : textOf(authContext(), "tenant_id");
  }

  /** The {@code tool_id} of the metadata, null when there is none. */
  public @Nullable String toolId() {
    return field("metadata") == null ? null : textOf(metadata(), "tool_id");
  }

  /**
   * The metadata's {@code correlation_id}; the event id when there is none, or when it is longer
   * than 255 characters or would break a log line.
   */
  public String correlationId() {
    String given = field("metadata") == null ? null : textOf(metadata(), "correlation_id");
    return given == null || !isOneShortLine(given) ? eventId : given;
  }

  private static boolean isOneShortLine(String text) {
    return text.length() <= 255 && text.chars().noneMatch(c -> InputRules.breaksLine((char) c));
  }

  public @Nullable String repoName() {
    return field("repo_name");
  }

  public @Nullable String senderName() {
    return field("sender_name");
  }

  /** Any field of the stream entry as text, unknown ones included; null when absent or empty. */
  public @Nullable String field(String name) {
    return fields.text(name);
  }

  /** The id of the stream entry that brought the event first; retries keep it. */
  public String entryId() {
    return entryId;
  }

  private static @Nullable String textOf(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull() || value.isContainerNode()) {
      return null;
    }
    String text = value.asText();
    return text.isEmpty() ? null : text;
  }

  private static JsonNode parse(@Nullable String json) {
    if (json == null) {
      return MissingNode.getInstance();
    }
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(
          "JSON was changed after the decoder had checked it", impossible);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WebhookEvent event
        && event.entryId.equals(entryId)
        && event.eventId.equals(eventId)
        && event.eventType.equals(eventType)
        && event.rawPayload().equals(rawPayload());
  }

  @Override
  public int hashCode() {
    return Objects.hash(entryId, eventId);
  }

  /** Ids and type only: a payload never gets into a log by accident. */
  @Override
  public String toString() {
    return "WebhookEvent[eventId="
        + eventId
        + ", eventType="
        + eventType
        + ", entryId="
        + entryId
        + "]";
  }
}
