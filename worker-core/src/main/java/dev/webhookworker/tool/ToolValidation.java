package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.forward.DestinationReader;
import dev.webhookworker.spi.ProcessingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds everything that is wrong with a tool of the known format (docs/protocol.md, "Tools"). */
public final class ToolValidation {

  private static final int LONGEST_NAME = 255;
  private static final Set<String> AUTH_TYPES =
      Set.of("hmac", "bearer", "basic", "signature", "none");
  private static final Set<String> FORMATS = Set.of("json", "form", "xml");
  private static final Set<String> STATUSES = Set.of("active", "disabled");

  private final List<String> problems = new ArrayList<>();

  private ToolValidation() {}

  /** What is wrong, a sentence each that begins with the place; never a secret. */
  public static List<String> problems(JsonNode tool) {
    ToolValidation validation = new ToolValidation();
    validation.tool(tool);
    return List.copyOf(validation.problems);
  }

  private void tool(JsonNode tool) {
    if (!tool.isObject()) {
      problems.add(
          "expected an object {id, tool_name, provider, tenant_id, status, webhook_config}");
      return;
    }
    name(tool, "id", true);
    name(tool, "tool_name", false);
    name(tool, "provider", false);
    name(tool, "tenant_id", false);
    oneOf(tool, "status", "status", STATUSES);
    JsonNode config = tool.path("webhook_config");
    if (!config.isMissingNode() && !config.isObject()) {
      problems.add("webhook_config: expected an object");
    } else {
      config(config);
    }
  }

  private void config(JsonNode config) {
    if (config.has("enabled") && !config.get("enabled").isBoolean()) {
      problems.add("webhook_config.enabled: expected true or false");
    }
    oneOf(config, "auth_type", "webhook_config.auth_type", AUTH_TYPES);
    oneOf(config, "payload_format", "webhook_config.payload_format", FORMATS);
    mode(config.get("default_processing_mode"), "webhook_config.default_processing_mode");
    if (config.has("auth_config") && !config.get("auth_config").isObject()) {
      problems.add("webhook_config.auth_config: expected an object");
    }
    pointers(config.path("encrypt_fields"));
    problems.addAll(DestinationReader.problems(config.path("destinations")));
    JsonNode events = config.path("events");
    if (!events.isMissingNode() && !events.isArray()) {
      problems.add("webhook_config.events: expected a list");
    }
    for (int i = 0; i < events.size(); i++) {
      event(events.get(i), "webhook_config.events[" + i + "]");
    }
  }

  private void event(JsonNode event, String place) {
    if (!event.isObject()) {
      problems.add(place + ": expected an object");
      return;
    }
    if (event.path("event_type").asText().isEmpty()) {
      problems.add(place + ".event_type: missing; name a type, family.* or *");
    }
    mode(event.get("processing_mode"), place + ".processing_mode");
    JsonNode rules = event.path("transform_rules");
    if (!rules.isMissingNode() && !rules.isNull() && !rules.isObject()) {
      problems.add(place + ".transform_rules: expected an object of target and rule");
    }
  }

  private void pointers(JsonNode pointers) {
    if (!pointers.isMissingNode() && !pointers.isArray()) {
      problems.add("webhook_config.encrypt_fields: expected a list of JSON Pointers");
    }
    for (int i = 0; i < pointers.size(); i++) {
      if (!pointers.get(i).asText().startsWith("/")) {
        problems.add(
            "webhook_config.encrypt_fields["
                + i
                + "]: expected a JSON Pointer such as /customer/email");
      }
    }
  }

  private void name(JsonNode tool, String field, boolean required) {
    JsonNode value = tool.path(field);
    if (value.isMissingNode() || value.isNull()) {
      if (required) {
        problems.add(field + ": missing");
      }
    } else if (!value.isTextual()
        || (required && value.asText().isBlank())
        || value.asText().length() > LONGEST_NAME) {
      problems.add(field + ": expected a text of at most " + LONGEST_NAME + " characters");
    }
  }

  private void oneOf(JsonNode object, String field, String place, Set<String> allowed) {
    JsonNode value = object.path(field);
    if (!value.isMissingNode() && !value.isNull() && !allowed.contains(value.asText())) {
      problems.add(
          place
              + " is '"
              + value.asText()
              + "': expected one of "
              + allowed.stream().sorted().toList());
    }
  }

  private void mode(@org.jspecify.annotations.Nullable JsonNode value, String place) {
    if (value == null || value.isNull()) {
      return;
    }
    try {
      ProcessingMode.of(value.asText());
    } catch (IllegalArgumentException unknown) {
      problems.add(place + ": " + unknown.getMessage());
    }
  }
}
