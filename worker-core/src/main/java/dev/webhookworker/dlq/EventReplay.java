package dev.webhookworker.dlq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.EntryFields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The new entry that runs a stored event again. */
final class EventReplay {

  private static final String REPLAYED_FROM = "replayed_from";

  private EventReplay() {}

  /** Whether the event was published by a replay; what is run again are originals. */
  static boolean isReplay(StoredEvent event) {
    return metadataOf(event).has(REPLAYED_FROM);
  }

  /**
   * @param payload as it was received
   */
  static EntryFields entry(StoredEvent event, byte[] payload, String run, int longestId) {
    Map<String, String> fields = new LinkedHashMap<>();
    // Two events may have one id: of two tenants, or one sent again when its mark was gone.
    fields.put("event_id", id(event.eventId() + "~" + run + "~" + event.entryId(), longestId));
    fields.put("event_type", event.eventType());
    put(fields, "repo_name", event.repoName());
    put(fields, "sender_name", event.senderName());
    put(fields, "auth_context", event.authContext());
    fields.put("metadata", metadata(event));
    return EntryFields.of(fields).with(Map.of("payload", payload));
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  /** A derived id that would be refused for its length is replaced by its digest. */
  private static String id(String derived, int longest) {
    if (derived.length() <= longest) {
      return derived;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(derived.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, Math.min(longest, 64));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private static String metadata(StoredEvent event) {
    ObjectNode metadata = metadataOf(event);
    metadata
        .putObject(REPLAYED_FROM)
        .put("event_id", event.eventId())
        .put("entry_id", event.entryId());
    return metadata.toString();
  }

  private static ObjectNode metadataOf(StoredEvent event) {
    try {
      String text = event.metadata();
      JsonNode metadata = text == null ? null : Json.MAPPER.readTree(text);
      return metadata instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode();
    } catch (JsonProcessingException neverStored) {
      // The decoder lets only JSON through.
      return Json.MAPPER.createObjectNode();
    }
  }
}
