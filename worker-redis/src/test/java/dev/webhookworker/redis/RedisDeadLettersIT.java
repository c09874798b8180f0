package dev.webhookworker.redis;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dlq.DeadLettersConformance;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Redis alone: the DLQ stream answers. */
class RedisDeadLettersIT extends DeadLettersConformance {

  private static EmbeddedRedis redis;
  private static RedisClient client;

  @BeforeAll
  static void startServer() {
    redis = EmbeddedRedis.start();
    client = RedisClient.create("127.0.0.1", redis.port());
  }

  @AfterAll
  static void stopServer() {
    client.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    client.flushAll();
  }

  @Override
  protected WorkerConfig.Builder config() {
    return super.config().redis(redis.address());
  }

  @Override
  protected WorkerBuilder builder(WorkerConfig config) {
    return Worker.builder().discovery(false).config(config).install(new RedisModule());
  }

  @Override
  protected void publish(Map<String, String> fields) {
    client.xadd("webhook_events", XAddParams.xAddParams(), fields);
  }

  @Override
  protected boolean keepsWhatIsOver() {
    return false;
  }
}
