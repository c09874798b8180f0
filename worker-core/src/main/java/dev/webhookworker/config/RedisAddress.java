package dev.webhookworker.config;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads {@code host:port} and {@code redis[s]://} addresses. */
public final class RedisAddress {

  private static final int DEFAULT_PORT = 6379;
  private static final String EXPECTED =
      "expected host:port or redis[s]://[user[:password]@]host[:port][/database]";

  private RedisAddress() {}

  /**
   * @throws IllegalArgumentException when the address has neither form
   */
  public static RedisSettings parse(String address) {
    boolean uri = address.startsWith("redis://") || address.startsWith("rediss://");
    if (!uri && address.contains("://")) {
      throw new IllegalArgumentException(EXPECTED);
    }
    URI parsed = parseUri(uri ? address : "redis://" + address);
    if (parsed.getHost() == null) {
      throw new IllegalArgumentException(EXPECTED);
    }
    RedisSettings defaults = RedisSettings.DEFAULTS;
    @Nullable String userInfo = parsed.getRawUserInfo();
    int colon = userInfo == null ? -1 : userInfo.indexOf(':');
    @Nullable String user =
        userInfo == null ? null : decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    @Nullable Secret password =
        userInfo == null || colon < 0 ? null : Secret.of(decoded(userInfo.substring(colon + 1)));
    return new RedisSettings(
        parsed.getHost(),
        parsed.getPort() < 0 ? DEFAULT_PORT : parsed.getPort(),
        user == null || user.isEmpty() ? null : user,
        password,
        database(parsed.getPath()),
        parsed.getScheme().equals("rediss"),
        defaults.poolSize(),
        defaults.timeout());
  }

  private static URI parseUri(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException malformed) {
      // The cause quotes the whole address, credentials included: it is not passed on.
      throw new IllegalArgumentException(EXPECTED);
    }
  }

  private static int database(@Nullable String path) {
    if (path == null || path.isEmpty() || path.equals("/")) {
      return 0;
    }
    try {
      return Integer.parseInt(path.substring(1));
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(EXPECTED + "; the database is a number");
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
