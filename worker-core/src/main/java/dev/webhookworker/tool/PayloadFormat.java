package dev.webhookworker.tool;

import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.FormBody;
import dev.webhookworker.spi.ToolConfig;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code payload_format}: what a tool's bodies are when they are not JSON. */
public enum PayloadFormat {
  JSON,
  FORM,
  XML;

  /** The format of the tool's bodies; JSON when it says nothing. */
  public static PayloadFormat of(ToolConfig tool) {
    String name =
        tool.webhookConfig() == null
            ? ""
            : tool.webhookConfig().path("payload_format").asText().toUpperCase(Locale.ROOT);
    return switch (name) {
      case "FORM" -> FORM;
      case "XML" -> XML;
      default -> JSON;
    };
  }

  /**
   * A body of this format as JSON text.
   *
   * @param maxNesting levels that the body may have
   * @throws IllegalArgumentException when it is not of this format; says why, without a value
   */
  public String toJson(String body, int maxNesting) {
    return switch (this) {
      case JSON -> body;
      case FORM -> FormBody.parse(body.strip()).toJson(Json.MAPPER);
      case XML -> XmlBody.toJson(body, maxNesting);
    };
  }

  static Set<String> names() {
    return Arrays.stream(values())
        .map(format -> format.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }
}
