package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the payload of an entry that becomes a dead letter, so that neither the DLQ stream nor
 * the table has in the clear what the events' table has not. Thread-safe.
 */
public final class DeadLetterEncryption {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAYLOAD = "payload";

  private final FieldEncryption encryption;

  public DeadLetterEncryption(FieldEncryption encryption) {
    this.encryption = encryption;
  }

  /**
   * The fields with the payload's own encrypted. A payload whose tool this worker has not met, or
   * that could not be decoded, is encrypted as a whole: what is secret in it is not known.
   *
   * @param decoded whether the entry is an event
   */
  public EntryFields encrypt(EntryFields fields, boolean decoded) {
    byte[] payload = fields.bytes(PAYLOAD);
    if (payload == null || payload.length == 0 || !encryption.hasKey()) {
      return fields;
    }
    String claimed = fields.text("event_id");
    String eventId = claimed == null ? "" : claimed;
    String toolId = toolOf(fields.text("metadata"));
    boolean known =
        decoded
            && (toolId == null || toolId.equals(ToolConfig.DEFAULT_ID) || encryption.knows(toolId));
    if (!known) {
      return fields.with(
          Map.of(PAYLOAD, encryption.sealWhole(eventId, payload).getBytes(StandardCharsets.UTF_8)));
    }
    if (!encryption.concerns(toolId)) {
      return fields;
    }
    String text = new String(payload, StandardCharsets.UTF_8);
    String encrypted = encryption.encrypt(eventId, toolId, text);
    return encrypted.equals(text)
        ? fields
        : fields.with(Map.of(PAYLOAD, encrypted.getBytes(StandardCharsets.UTF_8)));
  }

  private static @Nullable String toolOf(@Nullable String metadata) {
    if (metadata == null) {
      return null;
    }
    try {
      return JSON.readTree(metadata).path("tool_id").textValue();
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }
}
