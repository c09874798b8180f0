package dev.webhookworker.signature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query or of a form body ({@code application/x-www-form-urlencoded}, WHATWG
 * URL Standard 5.1), for the endpoint and the stream alike. Text that is not UTF-8 and a percent
 * sign without two hexadecimal digits are refused, where the standard guesses.
 */
public record FormBody(Map<String, List<String>> parameters) {

  private static final int MOST_PARAMETERS = 10_000;
  private static final String PAYLOAD = "payload";

  /**
   * @throws IllegalArgumentException when it is not of that form; says why, without a value
   */
  public static FormBody parse(String encoded) {
    String[] pairs = encoded.split("&", -1);
    if (pairs.length > MOST_PARAMETERS) {
      throw new IllegalArgumentException("it has more than " + MOST_PARAMETERS + " parameters");
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : pairs) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.computeIfAbsent(decoded(name), absent -> new ArrayList<>(1)).add(decoded(value));
      }
    }
    return new FormBody(parameters);
  }

  /**
   * @throws IllegalArgumentException when it is not of that form; says why, without a value
   */
  public static FormBody parse(byte[] body) {
    return parse(utf8(body));
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int from = 0;
    for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
      bytes.writeBytes(text.substring(from, at).replace('+', ' ').getBytes(StandardCharsets.UTF_8));
      int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
      int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("it has a percent sign without two hexadecimal digits");
      }
      bytes.write(high << 4 | low);
      from = at + 3;
    }
    bytes.writeBytes(text.substring(from).replace('+', ' ').getBytes(StandardCharsets.UTF_8));
    return utf8(bytes.toByteArray());
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException wrong) {
      throw new IllegalArgumentException("it is not UTF-8", wrong);
    }
  }

  /** The first value of a parameter, null when there is none. */
  public @Nullable String first(String name) {
    List<String> values = parameters.get(name);
    return values == null ? null : values.get(0);
  }

  /**
   * As JSON: an object of texts, an array where a name comes several times. A form whose one
   * parameter is {@code payload} with JSON in it, as GitHub and Slack send it, is that JSON.
   *
   * @throws IllegalArgumentException when what is in {@code payload} looks like JSON and is none
   */
  public String toJson(ObjectMapper mapper) {
    return embedded(mapper)
        .orElseGet(
            () -> {
              ObjectNode json = JsonNodeFactory.instance.objectNode();
              parameters.forEach((name, values) -> add(json, name, values));
              return json.toString();
            });
  }

  private Optional<String> embedded(ObjectMapper mapper) {
    List<String> values = parameters.size() == 1 ? parameters.get(PAYLOAD) : null;
    if (values == null || values.size() > 1 || !mayBeJson(values.get(0).strip())) {
      return Optional.empty();
    }
    try {
      mapper.readTree(values.get(0));
      return Optional.of(values.get(0));
    } catch (JsonProcessingException noJson) {
      throw new IllegalArgumentException("its parameter 'payload' is not JSON", noJson);
    }
  }

  private static boolean mayBeJson(String text) {
    return text.startsWith("{") || text.startsWith("[");
  }

  private static void add(ObjectNode json, String name, List<String> values) {
    if (values.size() == 1) {
      json.put(name, values.get(0));
      return;
    }
    ArrayNode all = json.putArray(name);
    values.forEach(all::add);
  }
}
