package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.transform.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code payload_path} and {@code required_fields} of one event rule, ready. Immutable. */
public final class PayloadPart {

  private final @Nullable Source path;
  private final List<Source> required;

  private PayloadPart(@Nullable Source path, List<Source> required) {
    this.path = path;
    this.required = required;
  }

  static PayloadPart of(ToolConfig.EventRule rule) {
    return new PayloadPart(
        rule.payloadPath() == null ? null : source(rule.payloadPath()),
        rule.requiredFields().stream().map(PayloadPart::source).toList());
  }

  /**
   * The part at a {@code payload_path}.
   *
   * @throws IllegalArgumentException when that is no path
   */
  public static PayloadPart at(String payloadPath) {
    return new PayloadPart(source(payloadPath), List.of());
  }

  /** A dotted name or a pointer; {@code $} and {@code $.} before it are taken for the payload. */
  static Source source(String path) {
    if (path.equals("$")) {
      return Source.parse(".");
    }
    return Source.parse(path.startsWith("$.") ? path.substring(2) : path);
  }

  /**
   * The event with the selected part as its payload.
   *
   * @throws NonRetryableException when the payload lacks the part or a required field of it
   */
  public WebhookEvent select(WebhookEvent event, String toolId) {
    if (path == null && required.isEmpty()) {
      return event;
    }
    JsonNode part = path == null ? event.payload() : path.in(event.payload());
    if (part.isMissingNode()) {
      throw new NonRetryableException(
          "the payload has nothing at the payload_path '" + path + "' of tool '" + toolId + "'");
    }
    List<String> missing =
        required.stream().filter(field -> !in(part, field)).map(Source::toString).toList();
    if (!missing.isEmpty()) {
      throw new NonRetryableException(
          "the payload lacks required_fields of tool '"
              + toolId
              + "': "
              + String.join(", ", missing));
    }
    return path == null ? event : event.withPayload(part);
  }

  private static boolean in(JsonNode part, Source field) {
    JsonNode value = field.in(part);
    return !value.isMissingNode() && !value.isNull();
  }
}
