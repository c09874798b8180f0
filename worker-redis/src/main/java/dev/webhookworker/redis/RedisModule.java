package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.Finding;
import dev.webhookworker.spi.WorkerModule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;

/**
 * The event stream on Redis. Found by {@link java.util.ServiceLoader} and then connected as the
 * configuration says, or given a client of the host.
 */
public final class RedisModule implements WorkerModule {

  private final @Nullable RedisClient hostClient;

  /** Connects as {@code WorkerConfig.redis()} says. */
  public RedisModule() {
    this(null);
  }

  private RedisModule(@Nullable RedisClient hostClient) {
    this.hostClient = hostClient;
  }

  /**
   * Uses connections of the host's client, which is never closed. Its pool must have room for three
   * connections beside the host's own use, its socket timeout must be longer than {@code
   * WorkerConfig.blockTimeout()}.
   */
  public static RedisModule with(RedisClient client) {
    return new RedisModule(client);
  }

  @Override
  public Optional<EventStream> eventStream(WorkerConfig config) {
    RedisConnections connections =
        hostClient == null
            ? RedisConnections.to(config.redis())
            : RedisConnections.of(hostClient.getPool());
    return Optional.of(new RedisEventStream(config, connections));
  }

  @Override
  public List<Finding> diagnose(WorkerConfig config) {
    return RedisDiagnosis.of(config);
  }

  /**
   * How many of the next entries that are not done, at most 1,000, name which tool; for {@code
   * doctor}.
   */
  public static Map<String, Integer> waitingByTool(WorkerConfig config)
      throws StreamUnavailableException {
    return RedisDiagnosis.waitingByTool(config);
  }
}
