package dev.webhookworker.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where PostgreSQL is, from {@code DATABASE_URL} and from {@code DATABASE_HOST}, which platforms
 * fill in their own ways.
 *
 * @param host an IPv6 literal with brackets, as the driver wants it
 * @param port -1 when it is not said
 * @param sslMode empty when it is not said
 */
record DatabaseAddress(
    String host,
    int port,
    String name,
    @Nullable String user,
    @Nullable String password,
    String sslMode) {

  static final DatabaseAddress NONE = new DatabaseAddress("", -1, "", null, null, "");

  private static final Set<String> SCHEMES =
      Set.of("postgres", "postgresql", "jdbc:postgresql", "tcp");
  private static final String EXPECTED =
      "expected postgres://[user[:password]@]host[:port][/database][?sslmode=...]";

  /**
   * @throws IllegalArgumentException when it is no URL of PostgreSQL; the message shows nothing of
   *     it
   */
  static DatabaseAddress ofUrl(String url) {
    DatabaseAddress address = of(url, EXPECTED);
    if (!url.contains("://")) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return address;
  }

  /**
   * @throws IllegalArgumentException when it is neither a host nor one with a port, nor a URL
   */
  static DatabaseAddress ofHost(String host) {
    return of(host, "expected a host, host:port or [IPv6]:port");
  }

  private static DatabaseAddress of(String text, String expected) {
    ServerAddress parsed;
    try {
      parsed = ServerAddress.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(expected, malformed);
    }
    boolean known = parsed.scheme().isEmpty() || SCHEMES.contains(parsed.scheme());
    if (!known || parsed.host().isEmpty()) {
      throw new IllegalArgumentException(expected);
    }
    return new DatabaseAddress(
        parsed.hostInUrl(),
        parsed.port(),
        parsed.path(),
        parsed.user(),
        parsed.password(),
        sslMode(parsed.query()).orElse(""));
  }

  private static Optional<String> sslMode(String query) {
    if (query.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> other =
        Arrays.stream(query.split("&", -1)).filter(one -> !one.startsWith("sslmode=")).findFirst();
    if (other.isPresent()) {
      throw new IllegalArgumentException(
          EXPECTED + "; nothing but sslmode is understood after '?'");
    }
    return Optional.of(query.substring(query.indexOf('=') + 1));
  }
}
