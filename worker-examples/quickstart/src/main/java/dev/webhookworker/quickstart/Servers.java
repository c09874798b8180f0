package dev.webhookworker.quickstart;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.util.LinkedHashMap;
import java.util.Map;

/** Redis and PostgreSQL of the quick start; they outlive the worker, so that it can close. */
record Servers(EmbeddedRedis redis, EmbeddedPostgresServer postgres) implements AutoCloseable {

  static Servers start() {
    EmbeddedPostgresServer postgres = EmbeddedPostgresServer.startOutliving();
    try {
      return new Servers(EmbeddedRedis.startOutliving(), postgres);
    } catch (RuntimeException noRedis) {
      postgres.close();
      throw noRedis;
    }
  }

  /** How a worker would be told of them. */
  Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("REDIS_ADDR", redis.address());
    variables.put("DATABASE_HOST", postgres.host());
    variables.put("DATABASE_PORT", Integer.toString(postgres.port()));
    variables.put("DATABASE_NAME", postgres.database());
    variables.put("DATABASE_USER", postgres.user());
    return variables;
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } finally {
      redis.close();
    }
  }
}
