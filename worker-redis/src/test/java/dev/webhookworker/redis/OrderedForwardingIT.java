package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.ForwardSettings;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.forward.Receiver;
import dev.webhookworker.spi.EventProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** An ordered destination of several workers that share a stream, other tools' events between. */
class OrderedForwardingIT {

  private static final int EVENTS = 300;

  @TempDir private Path folder;

  private Worker start(EmbeddedRedis redis, Path tools, String name, EventProcessor processor)
      throws Exception {
    Worker worker =
        Worker.builder()
            .discovery(false)
            .config(
                WorkerConfig.builder()
                    .redis(DocumentedUser.addressOf(redis))
                    .consumerName(name)
                    .batchSize(20)
                    .visibilityTimeout(Duration.ofSeconds(2))
                    .blockTimeout(Duration.ofMillis(100))
                    .toolsFile(tools)
                    .retryPolicy(
                        RetryPolicy.defaults()
                            .withIntervals(Duration.ofMillis(20), Duration.ofMillis(100)))
                    .forwarding(
                        ForwardSettings.DEFAULTS
                            .withAllow(List.of("127.0.0.1"))
                            .withCircuitDelay(Duration.ofMillis(100)))
                    .build())
            .install(new RedisModule())
            .processor(processor)
            .build();
    worker.start();
    return worker;
  }

  @Test
  void twoWorkersDeliverInTheOrderOfTheStream() throws Exception {
    Random random = new Random(7);
    try (Receiver crm = new Receiver();
        Receiver archive = new Receiver();
        EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      crm.answers(() -> random.nextInt(8) == 0 ? 503 : 200);
      Path tools =
          Files.writeString(
              folder.resolve("tools.json"),
              """
              [{"id": "t", "webhook_config": {
                "default_processing_mode": "store_and_forward",
                "destinations": [
                  {"name": "crm", "url": "%s", "ordered": true},
                  {"name": "archive", "url": "%s", "ordered": true, "event_types": ["push"]}]}}]
              """
                  .formatted(crm.url(), archive.url()));
      List<String> all = new ArrayList<>();
      List<String> pushes = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        String type = i % 3 == 0 ? "issues" : "push";
        all.add("e" + i);
        if (type.equals("push")) {
          pushes.add("e" + i);
        }
        publish(client, "e" + i, type, "{\"tool_id\":\"t\"}");
        publish(client, "other" + i, type, "{}");
      }
      EventProcessor slowNowAndThen =
          (event, context) -> {
            if (event.entryId().hashCode() % 10 == 0) {
              Thread.sleep(5);
            }
          };
      try (Worker one = start(redis, tools, "one", slowNowAndThen);
          Worker other = start(redis, tools, "other", slowNowAndThen)) {
        await()
            .atMost(Duration.ofMinutes(1))
            .untilAsserted(
                () ->
                    assertThat(one.stats().processed() + other.stats().processed())
                        .isEqualTo(2 * EVENTS));
        assertThat(one.stats().processed()).isPositive();
        assertThat(other.stats().processed()).isPositive();
      }
      assertThat(crm.takenIds()).isEqualTo(all);
      assertThat(archive.takenIds()).isEqualTo(pushes);
      assertThat(client.exists("webhook_events_dlq")).isFalse();
    }
  }

  @Test
  void whatAWorkerHeldWhenItDiedIsNotPassedByLaterEvents() throws Exception {
    try (Receiver crm = new Receiver();
        EmbeddedRedis redis = DocumentedUser.server();
        RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      Path tools =
          Files.writeString(
              folder.resolve("tools.json"),
              """
              [{"id": "t", "webhook_config": {
                "default_processing_mode": "store_and_forward",
                "destinations": [{"name": "crm", "url": "%s", "ordered": true}]}}]
              """
                  .formatted(crm.url()));
      List<String> all = IntStream.range(0, 20).mapToObj(i -> "e" + i).toList();
      for (String id : all) {
        publish(client, id, "push", "{\"tool_id\":\"t\"}");
      }
      WorkerConfig dying =
          WorkerConfig.builder()
              .redis(DocumentedUser.addressOf(redis))
              .consumerName("dying")
              .build();
      RedisEventStream dead = new RedisEventStream(dying, RedisConnections.of(client.getPool()));
      dead.open();
      assertThat(dead.read(10, Duration.ZERO)).hasSize(10);
      try (Worker worker = start(redis, tools, "living", (event, context) -> {})) {
        await()
            .atMost(Duration.ofMinutes(2))
            .untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(20));
      }
      assertThat(crm.takenIds()).isEqualTo(all);
    }
  }

  private static void publish(RedisClient client, String id, String type, String metadata) {
    client.xadd(
        "webhook_events",
        XAddParams.xAddParams(),
        Map.of("event_id", id, "event_type", type, "payload", "{}", "metadata", metadata));
  }
}
