package dev.webhookworker.ingest;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, behind the proxies that are trusted: the last address in {@code
 * X-Forwarded-For} that none of them has. What stands before it anyone may have written.
 */
final class Clients {

  private final List<AddressBlock> trustedProxies;

  Clients(List<AddressBlock> trustedProxies) {
    this.trustedProxies = List.copyOf(trustedProxies);
  }

  /** The client's address; empty when the peer itself has none that can be read. */
  Optional<InetAddress> of(IngestRequest request) {
    Optional<InetAddress> client = AddressBlock.address(request.peer());
    if (!isTrusted(client)) {
      return client;
    }
    List<String> hops = new ArrayList<>();
    request
        .values("X-Forwarded-For")
        .forEach(value -> Collections.addAll(hops, value.split(",", -1)));
    Collections.reverse(hops);
    for (String hop : hops) {
      Optional<InetAddress> before = AddressBlock.address(withoutPort(hop.trim()));
      if (before.isEmpty()) {
        return client;
      }
      client = before;
      if (!isTrusted(client)) {
        return client;
      }
    }
    return client;
  }

  /** The URL as the sender saw it: by the proxy's word where it is trusted. */
  String url(IngestRequest request) {
    boolean behindProxy = isTrusted(AddressBlock.address(request.peer()));
    String scheme = behindProxy ? first(request, "X-Forwarded-Proto").toLowerCase(Locale.ROOT) : "";
    String host = behindProxy ? first(request, "X-Forwarded-Host") : "";
    return (scheme.isEmpty() ? request.scheme() : scheme)
        + "://"
        + (host.isEmpty() ? request.value("Host") : host)
        + withQuery(request.sentPath(), request.query());
  }

  /** Each proxy adds its word at the end: the first is of the one that the sender called. */
  private static String first(IngestRequest request, String header) {
    List<String> values = request.values(header);
    return values.isEmpty() ? "" : values.get(0).split(",", -1)[0].strip();
  }

  static String withQuery(String url, @Nullable String query) {
    return query == null ? url : url + "?" + query;
  }

  private boolean isTrusted(Optional<InetAddress> address) {
    return address.isPresent() && AddressBlock.anyContains(trustedProxies, address.get());
  }

  /** Some proxies write {@code 192.0.2.1:4711} or {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      int end = hop.indexOf(']');
      return end < 0 ? hop : hop.substring(1, end);
    }
    int colon = hop.indexOf(':');
    return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
