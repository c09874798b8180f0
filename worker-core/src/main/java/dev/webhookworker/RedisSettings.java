package dev.webhookworker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how to get in.
 *
 * @param host {@code localhost} by default
 * @param port 6379 by default
 * @param username ACL user, null for the default user
 * @param password null for none
 * @param database 0 by default
 * @param tls whether the connection is encrypted ({@code rediss://})
 * @param poolSize most connections beside the blocking one; 20 by default
 * @param timeout connecting and answering; 3 s by default
 */
public record RedisSettings(
    String host,
    int port,
    @Nullable String username,
    @Nullable Secret password,
    int database,
    boolean tls,
    int poolSize,
    Duration timeout) {

  public static final RedisSettings DEFAULTS =
      new RedisSettings("localhost", 6379, null, null, 0, false, 20, Duration.ofSeconds(3));

  /**
   * Settings from {@code host:port}, {@code [IPv6]:port} or {@code
   * redis[s]://[user[:password]@]host[:port][/database]} (the URI format that Redis clients share).
   * Everything up to the last {@code @} belongs to the credentials, so that a password need not be
   * escaped.
   *
   * @throws IllegalArgumentException when it is neither; the message shows no credentials
   */
  public static RedisSettings parse(String address) {
    return dev.webhookworker.config.RedisAddress.parse(address);
  }

  public RedisSettings withCredentials(@Nullable String user, @Nullable Secret secret) {
    return new RedisSettings(host, port, user, secret, database, tls, poolSize, timeout);
  }

  public RedisSettings withPoolSize(int size) {
    return new RedisSettings(host, port, username, password, database, tls, size, timeout);
  }

  public RedisSettings withTimeout(Duration limit) {
    return new RedisSettings(host, port, username, password, database, tls, poolSize, limit);
  }

  /** The address without credentials, for logs. */
  public String address() {
    String place = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (tls ? "rediss://" : "redis://") + place + ":" + port + "/" + database;
  }
}
