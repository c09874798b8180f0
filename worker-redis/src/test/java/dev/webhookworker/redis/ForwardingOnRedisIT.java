package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.ForwardSettings;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.forward.Receiver;
import dev.webhookworker.memory.InMemoryModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Two destinations over a real Redis: what one has got survives the retries for the other. */
class ForwardingOnRedisIT {

  private final InMemoryModule memory = InMemoryModule.create();
  @TempDir private Path folder;

  @Test
  void aRetryRepeatsOnlyTheDestinationsThatFailed() throws Exception {
    try (Receiver good = new Receiver();
        Receiver down = new Receiver();
        EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      down.answers(503);
      Path tools =
          Files.writeString(
              folder.resolve("tools.json"),
              """
              [{"id": "t", "webhook_config": {
                "default_processing_mode": "store_and_forward",
                "destinations": [{"name": "down", "url": "%s"}, {"name": "good", "url": "%s"}]}}]
              """
                  .formatted(down.url(), good.url()));
      try (Worker worker =
          Worker.builder()
              .discovery(false)
              .config(
                  WorkerConfig.builder()
                      .redis(DocumentedUser.addressOf(redis))
                      .blockTimeout(Duration.ofMillis(20))
                      .toolsFile(tools)
                      .retryPolicy(
                          RetryPolicy.defaults()
                              .withIntervals(Duration.ofMillis(50), Duration.ofMillis(200)))
                      .forwarding(
                          ForwardSettings.DEFAULTS
                              .withAllow(List.of("127.0.0.1"))
                              .withCircuitDelay(Duration.ofMillis(300)))
                      .build())
              .install(new RedisModule())
              .install(memory)
              .build()) {
        worker.start();
        List<String> ids = IntStream.range(0, 30).mapToObj(i -> "e" + i).toList();
        for (String id : ids) {
          client.xadd(
              "webhook_events",
              XAddParams.xAddParams(),
              Map.of(
                  "event_id",
                  id,
                  "event_type",
                  "push",
                  "payload",
                  "{}",
                  "metadata",
                  "{\"tool_id\":\"t\"}"));
        }
        await().untilAsserted(() -> assertThat(good.taken()).hasSizeGreaterThanOrEqualTo(30));
        await().until(() -> down.asked().size() >= 6);
        down.answers(200);
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(30));
        assertThat(good.takenIds()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(down.takenIds()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(client.exists("webhook_events_dlq")).isFalse();
      }
    }
  }
}
