package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.memory.InMemoryModule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A slow tool with many events waiting, beside a fast one. */
class SlowToolIT {

  private static final String SLOW =
      "{\"tool_config\":{\"id\":\"slow\",\"webhook_config\":{\"max_concurrent\":2}}}";
  private static final int SLOW_EVENTS = 1_000;
  private static final int FAST_EVENTS = 300;

  private static final int ROUNDS = 3;

  /** Work of a usual handler, so that the ratio tells of the worker and not of the machine. */
  private static final long FAST_MILLIS = 10;

  private static EmbeddedRedis redis;
  private static RedisEventPublisher publisher;

  @BeforeAll
  static void start() {
    redis = DocumentedUser.server();
    publisher =
        RedisEventPublisher.to(
            RedisSettings.parse(DocumentedUser.addressOf(redis)), "webhook_events");
  }

  @AfterAll
  static void stop() {
    publisher.close();
    redis.close();
  }

  @Test
  void aSlowToolLeavesTheOthersLatencyAlone() throws Exception {
    Map<String, Long> published = new ConcurrentHashMap<>();
    Map<String, Long> latencies = new ConcurrentHashMap<>();
    try (Worker worker =
        Worker.builder()
            .discovery(false)
            .config(
                WorkerConfig.builder()
                    .redis(DocumentedUser.addressOf(redis))
                    .maxConcurrent(10)
                    .shutdownTimeout(Duration.ofSeconds(1))
                    .build())
            .install(new RedisModule())
            .install(InMemoryModule.create())
            .processor(
                "*",
                (event, context) -> {
                  if (context.tool().id().equals("inline:slow")) {
                    TimeUnit.SECONDS.sleep(10);
                  } else {
                    TimeUnit.MILLISECONDS.sleep(FAST_MILLIS);
                    latencies.put(
                        event.eventId(), System.nanoTime() - published.get(event.eventId()));
                  }
                })
            .build()) {
      worker.start();
      publishFast("warm-up", published);
      awaitAll(latencies);
      long alone = bestP99("alone", published, latencies);
      publisher.publishAll(
          IntStream.range(0, SLOW_EVENTS)
              .mapToObj(i -> OutgoingEvent.of("slow-" + i, "push", "{}").withMetadata(SLOW))
              .toList());
      await()
          .untilAsserted(
              () ->
                  assertThat(worker.toolLimits())
                      .anyMatch(limit -> limit.heldBack() >= SLOW_EVENTS - 2));
      long heldBackBefore = worker.toolLimits().get(0).heldBack();
      long begin = System.nanoTime();
      long beside = bestP99("beside", published, latencies);
      double seconds = (System.nanoTime() - begin) / 1e9;
      double visits = (worker.toolLimits().get(0).heldBack() - heldBackBefore) / seconds;
      System.out.printf(
          "p99 of the fast tool: alone %.2f ms, beside %.2f ms; %.0f visits/s of the slow one%n",
          alone / 1e6, beside / 1e6, visits);
      assertThat(beside).isLessThan(2 * alone);
      assertThat(visits).isLessThan(600);
      assertThat(worker.toolLimits().get(0).running()).isEqualTo(2);
    }
  }

  /** Of several rounds: a pause of the machine spoils one, the slow tool would spoil all. */
  private static long bestP99(
      String name, Map<String, Long> published, Map<String, Long> latencies) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      latencies.clear();
      publishFast(name + "-" + round, published);
      best = Math.min(best, p99(awaitAll(latencies)));
    }
    return best;
  }

  private static void publishFast(String name, Map<String, Long> published) {
    for (int i = 0; i < FAST_EVENTS; i++) {
      String id = name + "-" + i;
      published.put(id, System.nanoTime());
      publisher.publishAll(List.of(OutgoingEvent.of(id, "push", "{}")));
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static List<Long> awaitAll(Map<String, Long> latencies) {
    await().until(() -> latencies.size() == FAST_EVENTS);
    return latencies.values().stream().sorted().toList();
  }

  private static long p99(List<Long> sorted) {
    return sorted.get(sorted.size() * 99 / 100);
  }
}
