package dev.webhookworker.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import dev.webhookworker.pipeline.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to the API whose sender is known and may do what it asks for.
 *
 * @param path the parts of its path that the route leaves open, decoded
 */
record Call(HttpExchange exchange, Principal principal, List<String> path) {

  private static final int LONGEST_PART = 2000;

  String actor() {
    return principal.name();
  }

  /** The parameters of the query; of one that comes twice the last. */
  Arguments query() {
    Map<String, String> values = new HashMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          values.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
      }
    }
    return new Arguments(values::get);
  }

  /**
   * The body.
   *
   * @param most bytes that are read
   * @throws ApiProblem when it is longer, no JSON object, or not sent as JSON
   */
  JsonNode body(int most) throws IOException {
    requireJson(exchange);
    byte[] bytes = exchange.getRequestBody().readNBytes(most + 1);
    if (bytes.length > most) {
      throw ApiProblem.of(413, "too_large", "the body has more than " + most + " bytes");
    }
    if (bytes.length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      JsonNode body = Json.MAPPER.readTree(bytes);
      if (body.isObject()) {
        refuseNul(body);
        return body;
      }
    } catch (JsonProcessingException notJson) {
      throw ApiProblem.badRequest("the body is no JSON");
    }
    throw ApiProblem.badRequest("the body must be a JSON object");
  }

  /** A browser sends this from another site only after it was allowed to. */
  static void requireJson(HttpExchange exchange) {
    @Nullable String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw ApiProblem.of(415, "unsupported_media_type", "send 'Content-Type: application/json'");
    }
  }

  /** No id, name or text that is kept anywhere has it, and PostgreSQL takes it for an error. */
  private static void refuseNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw ApiProblem.badRequest("a text has the character NUL, which nothing that is kept has");
    }
  }

  private static void refuseNul(JsonNode value) {
    if (value.isTextual()) {
      refuseNul(value.textValue());
    }
    value.forEach(Call::refuseNul);
  }

  static String decoded(String text) {
    try {
      String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
      if (decoded.length() <= LONGEST_PART) {
        refuseNul(decoded);
        return decoded;
      }
    } catch (IllegalArgumentException malformed) {
      throw ApiProblem.badRequest("the address is not encoded as it should be");
    }
    throw ApiProblem.badRequest("a parameter has more than " + LONGEST_PART + " characters");
  }
}
