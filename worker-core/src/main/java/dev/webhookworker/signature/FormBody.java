package dev.webhookworker.signature;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query or of a form body ({@code application/x-www-form-urlencoded}). */
public record FormBody(Map<String, List<String>> parameters) {

  /**
   * @throws IllegalArgumentException when it is not of that form
   */
  public static FormBody parse(String encoded) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : encoded.split("&", -1)) {
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
   * @throws IllegalArgumentException when it is not of that form
   */
  public static FormBody parse(byte[] body) {
    return parse(new String(body, StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The first value of a parameter, null when there is none. */
  public @Nullable String first(String name) {
    List<String> values = parameters.get(name);
    return values == null ? null : values.get(0);
  }
}
