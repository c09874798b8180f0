package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.InlineTools;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the payload of an entry that becomes a dead letter, so that neither the DLQ stream nor
 * the table has in the clear what the events' table has not, and opens it when it is run again.
 * Thread-safe.
 */
public final class DeadLetterEncryption {

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
  public EntryFields encrypt(EncryptionContext context, EntryFields fields, boolean decoded) {
    byte[] payload = fields.bytes(PAYLOAD);
    if (payload == null || payload.length == 0 || !encryption.hasKey()) {
      return fields;
    }
    String toolId = toolOf(fields.text("metadata"));
    boolean known =
        decoded
            && (toolId == null || toolId.equals(ToolConfig.DEFAULT_ID) || encryption.knows(toolId));
    if (!known) {
      return fields.with(
          Map.of(PAYLOAD, encryption.sealWhole(context, payload).getBytes(StandardCharsets.UTF_8)));
    }
    String text = new String(payload, StandardCharsets.UTF_8);
    String encrypted = encryption.encrypt(context, toolId, text);
    return encrypted.equals(text)
        ? fields
        : fields.with(Map.of(PAYLOAD, encrypted.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The fields with the payload as it was received, to be run.
   *
   * @throws DecryptionException when a value does not open; the message names the key
   */
  public EntryFields open(DeadLetterEntry entry) throws DecryptionException {
    EntryFields fields = entry.fields();
    byte[] payload = fields.bytes(PAYLOAD);
    if (payload == null) {
      return fields;
    }
    byte[] opened = encryption.open(EncryptionContext.of(entry), payload);
    return opened == payload ? fields : fields.with(Map.of(PAYLOAD, opened));
  }

  /**
   * The fields with an edited payload, to be run. Each {@code "***"} where an encrypted value was
   * stands for that value.
   *
   * @throws DecryptionException when such a value does not open, or when the new payload can't be
   *     encrypted as the old one is
   */
  public EntryFields edited(DeadLetterEntry entry, String payload) throws DecryptionException {
    EntryFields fields = entry.fields();
    String kept = text(fields);
    if (SealedValue.mayBeIn(kept) && !encryption.hasKey()) {
      throw new DecryptionException(
          "the payload has encrypted fields and there is no key: set WORKER_ENCRYPTION_KEYS");
    }
    String full = encryption.unmask(EncryptionContext.of(entry), kept, payload);
    return fields.with(Map.of(PAYLOAD, full.getBytes(StandardCharsets.UTF_8)));
  }

  /** The payload as text, encrypted values shown as {@code "***"}. */
  public static String masked(EntryFields fields) {
    return FieldEncryption.masked(text(fields));
  }

  /** The payload as text. */
  public static String text(EntryFields fields) {
    String payload = fields.text(PAYLOAD);
    return payload == null ? "" : payload;
  }

  private @Nullable String toolOf(@Nullable String metadata) {
    if (metadata == null) {
      return null;
    }
    try {
      JsonNode read = Json.MAPPER.readTree(metadata);
      String named = read.path("tool_id").textValue();
      JsonNode inline = read.path(InlineTools.FIELD).path("id");
      // Which of the two counted is known only where it was looked up.
      return inline.isTextual() && (named == null || !encryption.knows(named))
          ? InlineTools.PREFIX + inline.textValue()
          : named;
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }
}
