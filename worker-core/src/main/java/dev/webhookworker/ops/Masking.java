package dev.webhookworker.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.webhookworker.pipeline.Json;
import java.util.Map;

/**
 * Shows how a payload is built and none of its values: what somebody needs to recognise its kind,
 * and nothing that is somebody's data.
 */
final class Masking {

  private static final TextNode MASK = TextNode.valueOf("***");
  private static final int MOST_ELEMENTS = 20;
  private static final int DEEPEST = 40;

  private Masking() {}

  /** The body with its values masked, indented; a sentence when it is no JSON. */
  static String masked(String body) {
    try {
      JsonNode json = Json.MAPPER.readTree(body);
      if (json.isContainerNode()) {
        return masked(json, 0).toPrettyString();
      }
    } catch (JsonProcessingException notJson) {
      // Its length is all that can be told without showing it.
      return "(no JSON, " + body.length() + " characters)";
    }
    return "(a single value, " + body.length() + " characters)";
  }

  private static JsonNode masked(JsonNode json, int depth) {
    if (depth > DEEPEST) {
      return MASK;
    }
    if (json.isObject()) {
      ObjectNode object = Answer.object();
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        object.set(field.getKey(), masked(field.getValue(), depth + 1));
      }
      return object;
    }
    if (json.isArray()) {
      ArrayNode array = Json.MAPPER.createArrayNode();
      for (int i = 0; i < Math.min(json.size(), MOST_ELEMENTS); i++) {
        array.add(masked(json.get(i), depth + 1));
      }
      if (json.size() > MOST_ELEMENTS) {
        array.add("(" + (json.size() - MOST_ELEMENTS) + " more)");
      }
      return array;
    }
    return MASK;
  }
}
