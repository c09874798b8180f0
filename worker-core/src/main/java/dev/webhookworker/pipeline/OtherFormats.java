package dev.webhookworker.pipeline;

import dev.webhookworker.Limits;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.PayloadFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries whose payload is not JSON because their tool sends forms or XML. Thread-safe. */
final class OtherFormats {

  private static final byte[] ANY_JSON = "{}".getBytes(StandardCharsets.UTF_8);

  private final EventDecoder decoder;
  private final Limits limits;

  OtherFormats(EventDecoder decoder, Limits limits) {
    this.decoder = decoder;
    this.limits = limits;
  }

  /**
   * An event with its body as received, of an entry that was found undecodable; null when something
   * else is wrong with it or it names no tool.
   */
  @Nullable WebhookEvent unparsed(String entryId, EntryFields fields) {
    byte[] body = fields.bytes("payload");
    if (body == null || body.length == 0 || body.length > limits.maxPayloadBytes()) {
      return null;
    }
    Decoded rest = decoder.decode(entryId, fields.with(Map.of("payload", ANY_JSON)));
    if (!(rest instanceof Decoded.Event decoded)) {
      return null;
    }
    WebhookEvent event = decoded.event();
    boolean namesTool = event.toolId() != null || event.metadata().has("tool_config");
    return namesTool
        ? WebhookEvent.decoded(entryId, fields, event.eventId(), event.eventType())
        : null;
  }

  /**
   * The event with its body made JSON in its tool's format; null when the tool sends JSON.
   *
   * @throws NonRetryableException when the body is not of that format, or over a limit as JSON
   */
  @Nullable WebhookEvent parsed(WebhookEvent unparsed, EntryFields fields, ToolConfig tool) {
    PayloadFormat format = PayloadFormat.of(tool);
    if (format == PayloadFormat.JSON) {
      return null;
    }
    try {
      String json = format.toJson(unparsed.rawPayload(), limits.maxNesting());
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      Decoded decoded = decoder.decode(unparsed.entryId(), fields.with(Map.of("payload", bytes)));
      if (decoded instanceof Decoded.Event event) {
        return event.event();
      }
      throw new IllegalArgumentException(((Decoded.Undecodable) decoded).problem());
    } catch (IllegalArgumentException wrong) {
      throw new NonRetryableException(
          "the payload can't be read in the payload_format '"
              + format.name().toLowerCase(Locale.ROOT)
              + "' of tool '"
              + tool.id()
              + "': "
              + wrong.getMessage());
    }
  }
}
