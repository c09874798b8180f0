package dev.webhookworker.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A body of the type {@code application/x-www-form-urlencoded} as JSON: an object of texts, an
 * array where a name comes several times. A body whose one parameter is {@code payload} with JSON
 * in it, as GitHub and Slack send it, is that JSON.
 */
final class FormBody {

  private static final int MOST_PARAMETERS = 10_000;

  private FormBody() {}

  /**
   * @throws IllegalArgumentException when it is no form; says why
   */
  static String toJson(String body, ObjectMapper mapper) {
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    String[] pairs = body.strip().split("&", -1);
    if (pairs.length > MOST_PARAMETERS) {
      throw new IllegalArgumentException("it has more than " + MOST_PARAMETERS + " parameters");
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        add(parameters, decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      } else if (!pair.isEmpty()) {
        throw new IllegalArgumentException("it has a parameter without name or '='");
      }
    }
    JsonNode payload = parameters.get("payload");
    if (parameters.size() == 1 && payload != null && payload.isTextual()) {
      try {
        JsonNode json = mapper.readTree(payload.textValue());
        if (json.isContainerNode()) {
          return payload.textValue();
        }
      } catch (JsonProcessingException noJson) {
        throw new IllegalArgumentException("its parameter 'payload' is not JSON");
      }
    }
    return parameters.toString();
  }

  private static void add(ObjectNode parameters, String name, String value) {
    JsonNode present = parameters.get(name);
    if (present == null) {
      parameters.put(name, value);
    } else if (present instanceof ArrayNode array) {
      array.add(value);
    } else {
      parameters.putArray(name).add(present).add(value);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("it has a percent sign without two hexadecimal digits");
    }
  }
}
