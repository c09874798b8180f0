package dev.webhookworker.config;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads where Redis is: the worker's own variable, else what platforms give. One of them counts,
 * and those that have no effect are named.
 */
final class RedisSettingsReader {

  private static final String ADDRESS = "REDIS_ADDR";
  private static final String URL = "REDIS_URL";
  private static final String HOST = "REDIS_HOST";
  private static final String PORT = "REDIS_PORT";

  private final Environment environment;

  RedisSettingsReader(Environment environment) {
    this.environment = environment;
  }

  void read(WorkerConfig.Builder config) {
    RedisSettings[] redis = {RedisSettings.DEFAULTS};
    Optional<String> named =
        List.of(ADDRESS, URL, HOST).stream()
            .filter(name -> environment.text(name).isPresent())
            .findFirst();
    Optional<String> port = environment.text(PORT);
    if (named.isPresent()) {
      environment.readHidden(named.get(), RedisSettings::parse, v -> redis[0] = v);
      if (named.get().equals(HOST)) {
        environment.read(PORT, RedisSettingsReader::port, v -> redis[0] = at(redis[0], v));
      }
      tellWithoutEffect(named.get(), port);
    } else if (port.isPresent()) {
      // Kubernetes gives the address of a service 'redis' so; a number is the port of this machine.
      environment.readHidden(
          PORT,
          text -> text.contains("://") ? RedisSettings.parse(text) : at(redis[0], port(text)),
          v -> redis[0] = v);
    }
    @Nullable String user = environment.text("REDIS_USERNAME").orElse(redis[0].username());
    @Nullable Secret password = environment.secret("REDIS_PASSWORD").orElse(redis[0].password());
    redis[0] = redis[0].withCredentials(user, password);
    environment.read(
        "REDIS_POOL_SIZE", Environment::integer, v -> redis[0] = redis[0].withPoolSize(v));
    environment.read(
        "REDIS_TIMEOUT", Environment::duration, v -> redis[0] = redis[0].withTimeout(v));
    config.redis(redis[0]);
  }

  private void tellWithoutEffect(String used, Optional<String> port) {
    for (String other : List.of(URL, HOST)) {
      if (!other.equals(used) && environment.text(other).isPresent()) {
        environment.warn(other + " has no effect, because " + used + " is set");
      }
    }
    // What Kubernetes adds by itself is no wish of anybody.
    if (!used.equals(HOST) && port.isPresent() && !port.get().contains("://")) {
      environment.warn(PORT + " has no effect, because " + used + " is set");
    }
  }

  /** A number, or the port of a URL as Kubernetes writes it. */
  static int port(String text) {
    return text.contains("://") ? ServerAddress.parse(text).port() : Environment.integer(text);
  }

  private static RedisSettings at(RedisSettings settings, int port) {
    return new RedisSettings(
        settings.host(),
        port,
        settings.username(),
        settings.password(),
        settings.database(),
        settings.tls(),
        settings.poolSize(),
        settings.timeout());
  }
}
