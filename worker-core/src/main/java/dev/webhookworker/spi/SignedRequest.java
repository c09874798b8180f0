package dev.webhookworker.spi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of an HTTP request that a signature may cover. Immutable as far as the body is. */
public final class SignedRequest {

  private final String method;
  private final String url;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  private SignedRequest(String method, String url, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body;
  }

  /**
   * @param url as the sender called it, with its query; empty when unknown
   * @param headers by name in any case
   * @param body the raw bytes; shared, not copied
   */
  public static SignedRequest of(
      String method, String url, Map<String, List<String>> headers, byte[] body) {
    Map<String, List<String>> byLowerCase = new HashMap<>();
    headers.forEach(
        (name, values) ->
            byLowerCase
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), absent -> new ArrayList<>(1))
                .addAll(values));
    return new SignedRequest(method, url, byLowerCase, body);
  }

  public String method() {
    return method;
  }

  /** The URL as the sender called it, empty when unknown. */
  public String url() {
    return url;
  }

  /**
   * The value of a header, without white space around it; null when it is absent or empty, and when
   * it occurs several times: what is ambiguous proves nothing.
   */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    if (values == null || values.size() != 1) {
      return null;
    }
    String value = values.get(0).trim();
    return value.isEmpty() ? null : value;
  }

  /** The raw body; not to be changed. */
  public byte[] body() {
    return body;
  }

  /** Method and length only: headers and URL may hold secrets. */
  @Override
  public String toString() {
    return "SignedRequest[" + method + ", " + body.length + " bytes]";
  }
}
