package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;

/**
 * The known transformation rules, target field to rule: a string names the source field; {@code
 * {"type": "rename", "source": …}}, {@code {"type": "constant", "value": …}}, {@code {"type":
 * "concatenate", "fields": […]}}; any other literal is copied. Sources may be JSON Pointers (RFC
 * 6901). A source that is missing leaves its target out.
 */
public final class RuleTransformer implements EventTransformer {

  @Override
  public boolean supports(JsonNode rules) {
    return rules.isObject();
  }

  @Override
  public int order() {
    return Integer.MAX_VALUE;
  }

  @Override
  public WebhookEvent transform(WebhookEvent event, JsonNode rules) {
    JsonNode payload = event.payload();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    rules
        .properties()
        .forEach(
            rule -> {
              JsonNode value = apply(rule.getKey(), rule.getValue(), payload);
              if (!value.isMissingNode()) {
                result.set(rule.getKey(), value);
              }
            });
    return event.withPayload(result);
  }

  private static JsonNode apply(String target, JsonNode rule, JsonNode payload) {
    if (rule.isTextual()) {
      return source(rule.asText(), payload);
    }
    if (!rule.isObject()) {
      return rule;
    }
    String type = rule.path("type").asText();
    return switch (type) {
      case "rename" -> source(required(target, rule, "source").asText(), payload);
      case "constant" -> required(target, rule, "value");
      case "concatenate" -> concatenate(required(target, rule, "fields"), payload);
      default ->
          throw new NonRetryableException(
              "transform rule '"
                  + target
                  + "' has the type '"
                  + type
                  + "', which is none of rename, constant, concatenate");
    };
  }

  private static JsonNode concatenate(JsonNode fields, JsonNode payload) {
    StringBuilder text = new StringBuilder();
    for (JsonNode field : fields) {
      JsonNode value = source(field.asText(), payload);
      text.append(value.isValueNode() ? value.asText() : value.isMissingNode() ? "" : value);
    }
    return JsonNodeFactory.instance.textNode(text.toString());
  }

  private static JsonNode required(String target, JsonNode rule, String field) {
    JsonNode value = rule.get(field);
    if (value == null) {
      throw new NonRetryableException(
          "transform rule '" + target + "' lacks its field '" + field + "'");
    }
    return value;
  }

  private static JsonNode source(String source, JsonNode payload) {
    return source.startsWith("/") ? payload.at(source) : payload.path(source);
  }
}
