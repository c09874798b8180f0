package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a tool from the JSON of the known format (docs/protocol.md, "Tools"). */
public final class ToolConfigs {

  private ToolConfigs() {}

  /**
   * A tool from {@code {id, tool_name, provider, tenant_id, status, webhook_config}}.
   *
   * @throws NonRetryableException when it is not of that form; the message says what is wrong
   */
  public static ToolConfig fromJson(JsonNode tool) {
    String id = tool.path("id").asText();
    if (!tool.isObject() || id.isEmpty() || breaksLine(id)) {
      throw new NonRetryableException(
          "a tool configuration needs an object with an 'id' of 1 to 255 characters on one line");
    }
    try {
      JsonNode webhook = tool.path("webhook_config");
      boolean active =
          tool.path("status").asText("active").equals("active")
              && webhook.path("enabled").asBoolean(true);
      return new ToolConfig(
          id,
          tool.path("tool_name").asText(id),
          tool.path("provider").asText(),
          tool.path("tenant_id").textValue(),
          active,
          mode(webhook.get("default_processing_mode"), ProcessingMode.STORE_ONLY),
          rules(webhook.path("events")),
          null,
          null,
          webhook.isMissingNode() ? null : webhook);
    } catch (IllegalArgumentException wrong) {
      throw new NonRetryableException("tool '" + id + "': " + wrong.getMessage(), wrong);
    }
  }

  /** Where the tool's senders post to: its {@code endpoint_path}, else {@code /webhooks/<id>}. */
  public static String endpointPath(ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    String path = webhook == null ? "" : webhook.path("endpoint_path").asText("");
    if (path.isEmpty()) {
      return "/webhooks/" + tool.id();
    }
    return path.startsWith("/") ? path : "/" + path;
  }

  private static boolean breaksLine(String id) {
    return id.length() > 255 || id.chars().anyMatch(c -> InputRules.breaksLine((char) c));
  }

  private static ProcessingMode mode(@Nullable JsonNode name, ProcessingMode absent) {
    return name == null || name.isNull() ? absent : ProcessingMode.of(name.asText());
  }

  private static List<ToolConfig.EventRule> rules(JsonNode events) {
    List<ToolConfig.EventRule> rules = new ArrayList<>();
    for (JsonNode event : events) {
      JsonNode mode = event.get("processing_mode");
      JsonNode transform = event.get("transform_rules");
      rules.add(
          new ToolConfig.EventRule(
              event.path("event_type").asText("*"),
              mode == null || mode.isNull() ? null : ProcessingMode.of(mode.asText()),
              transform == null || transform.isNull() ? null : transform));
    }
    return rules;
  }
}
