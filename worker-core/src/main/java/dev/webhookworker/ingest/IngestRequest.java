package dev.webhookworker.ingest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, of whatever server.
 *
 * @param method in capitals
 * @param scheme {@code http} or {@code https}, as this server was reached
 * @param path decoded, begins with a slash
 * @param sentPath the path as it was sent, which a signature may cover
 * @param query as it was sent, null when there is none
 * @param headers by name in any case, each with its values in order
 * @param peer address of whoever is connected, a literal without port
 * @param body is read once, and no further than the limit
 */
public record IngestRequest(
    String method,
    String scheme,
    String path,
    String sentPath,
    @Nullable String query,
    Map<String, List<String>> headers,
    String peer,
    InputStream body) {

  /** A request whose body was read before. */
  public static IngestRequest of(
      String method,
      String path,
      @Nullable String query,
      Map<String, List<String>> headers,
      String peer,
      byte[] body) {
    return new IngestRequest(
        method, "http", path, path, query, headers, peer, new ByteArrayInputStream(body));
  }

  /** All values of a header in order, none when it is absent. */
  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    headers.forEach(
        (header, given) -> {
          if (header.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
            values.addAll(given);
          }
        });
    return values;
  }

  /** The only value of a header, trimmed; empty when it is absent or there several times. */
  String value(String name) {
    List<String> values = values(name);
    return values.size() == 1 ? Objects.requireNonNullElse(values.get(0), "").trim() : "";
  }

  /** Headers and query may hold secrets: nothing that a sender chose is shown. */
  @Override
  public String toString() {
    return "IngestRequest";
  }
}
