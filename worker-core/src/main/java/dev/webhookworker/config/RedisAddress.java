package dev.webhookworker.config;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.Secret;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads addresses of Redis. */
public final class RedisAddress {

  private static final int DEFAULT_PORT = 6379;
  private static final Set<String> SCHEMES = Set.of("", "redis", "rediss", "tcp");
  private static final String EXPECTED =
      "expected host:port, [IPv6]:port or redis[s]://[user[:password]@]host[:port][/database]";

  private RedisAddress() {}

  /**
   * @throws IllegalArgumentException when the address has none of the forms
   */
  public static RedisSettings parse(String address) {
    ServerAddress parsed = parsed(address);
    if (!SCHEMES.contains(parsed.scheme()) || parsed.host().isEmpty()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    if (!parsed.query().isEmpty()) {
      throw new IllegalArgumentException(EXPECTED + "; what follows '?' has no effect here");
    }
    RedisSettings defaults = RedisSettings.DEFAULTS;
    @Nullable String password = parsed.password();
    return new RedisSettings(
        parsed.host(),
        parsed.port() < 0 ? DEFAULT_PORT : parsed.port(),
        parsed.user(),
        password == null ? null : Secret.of(password),
        database(parsed.path()),
        parsed.scheme().equals("rediss"),
        defaults.poolSize(),
        defaults.timeout());
  }

  private static ServerAddress parsed(String address) {
    try {
      return ServerAddress.parse(address);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(EXPECTED, malformed);
    }
  }

  private static int database(String path) {
    try {
      return path.isEmpty() ? 0 : Integer.parseInt(path);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(EXPECTED + "; the database is a number", notANumber);
    }
  }
}
