package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.memory.InMemoryModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Two workers, events of a few resources in any order, handlers that fail: no step backwards. */
class OrderGuardOnRedisIT {

  private static final int RESOURCES = 5;
  private static final int VERSIONS = 12;

  private final InMemoryModule memory = InMemoryModule.create();
  private final Map<Integer, Integer> state = new ConcurrentHashMap<>();
  private final List<String> backwards = new CopyOnWriteArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();

  @TempDir private Path folder;

  private Worker worker(EmbeddedRedis redis, String name, Path tools) {
    return Worker.builder()
        .discovery(false)
        .config(
            WorkerConfig.builder()
                .redis(DocumentedUser.addressOf(redis))
                .consumerName(name)
                .blockTimeout(Duration.ofMillis(20))
                .toolsFile(tools)
                .retryPolicy(
                    RetryPolicy.defaults()
                        .withIntervals(Duration.ofMillis(20), Duration.ofMillis(100)))
                .build())
        .install(new RedisModule())
        .install(memory)
        .processor(
            "*",
            (event, context) -> {
              if (runs.incrementAndGet() % 7 == 0) {
                throw new IOException("now and then");
              }
              int version = event.payload().path("version").asInt();
              Integer before = state.put(event.payload().path("id").asInt(), version);
              if (before != null && before > version) {
                backwards.add(before + " before " + version);
              }
            })
        .build();
  }

  @Test
  void noStateGoesBackwardsAndEachEndsAtItsNewestVersion() throws Exception {
    try (EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      Path tools =
          Files.writeString(
              folder.resolve("tools.json"),
              """
              [{"id": "t", "webhook_config":
                {"order_guard": {"resource": "id", "version": "version", "keep": "1h"}}}]
              """);
      try (Worker one = worker(redis, "one", tools);
          Worker two = worker(redis, "two", tools)) {
        one.start();
        two.start();
        List<String> payloads = new ArrayList<>();
        for (int id = 0; id < RESOURCES; id++) {
          for (int version = 1; version <= VERSIONS; version++) {
            payloads.add("{\"id\":" + id + ",\"version\":" + version + "}");
          }
        }
        Collections.shuffle(payloads, new Random(6));
        for (int i = 0; i < payloads.size(); i++) {
          client.xadd(
              "webhook_events",
              XAddParams.xAddParams(),
              Map.of(
                  "event_id",
                  "e" + i,
                  "event_type",
                  "push",
                  "payload",
                  payloads.get(i),
                  "metadata",
                  "{\"tool_id\":\"t\"}"));
        }
        await()
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(() -> assertThat(memory.processed()).hasSize(payloads.size()));
      }
      assertThat(backwards).isEmpty();
      assertThat(state.values()).hasSize(RESOURCES).containsOnly(VERSIONS);
      assertThat(client.keys("webhook_events:turn:*"))
          .hasSize(RESOURCES)
          .allSatisfy(key -> assertThat(client.pttl(key)).isBetween(1L, 3_700_000L));
      assertThat(client.exists("webhook_events_dlq")).isFalse();
    }
  }
}
