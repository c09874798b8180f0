package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.memory.InMemoryModule;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

class WorkerOnRedisIT {

  private static EmbeddedRedis redis;
  private static RedisClient client;
  private static RedisEventPublisher publisher;

  private final InMemoryModule memory = InMemoryModule.create();

  @BeforeAll
  static void start() {
    redis = DocumentedUser.server();
    client = RedisClient.create("127.0.0.1", redis.port());
    publisher =
        RedisEventPublisher.to(
            RedisSettings.parse(DocumentedUser.addressOf(redis)), "webhook_events");
  }

  @AfterAll
  static void stop() {
    publisher.close();
    client.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    client.flushAll();
  }

  private static WorkerConfig.Builder config() {
    return WorkerConfig.builder()
        .redis(DocumentedUser.addressOf(redis))
        .blockTimeout(Duration.ofMillis(50))
        .visibilityTimeout(Duration.ofSeconds(2))
        .maintenanceInterval(Duration.ofMillis(200))
        .shutdownTimeout(Duration.ofSeconds(3))
        .retryPolicy(
            RetryPolicy.defaults()
                .withMaxRetries(2)
                .withIntervals(Duration.ofMillis(50), Duration.ofMillis(50)));
  }

  /** Stream and marks on Redis, the store in memory. */
  private WorkerBuilder builder(WorkerConfig config) {
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new RedisModule())
        .install(memory);
  }

  private static void publish(int count, String type) {
    publisher.publishAll(
        IntStream.range(0, count)
            .mapToObj(i -> OutgoingEvent.of(type + "-" + i, type, "{\"n\":" + i + "}"))
            .toList());
  }

  private static void awaitSettled(Worker worker) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(client.xpending("webhook_events", "webhook_workers").getTotal()).isZero();
              assertThat(client.zcard("webhook_events_retry")).isZero();
              assertThat(worker.stats().held()).isZero();
            });
  }

  @Test
  void everyEventIsProcessedOnceAndTheStreamIsAcknowledged() throws Exception {
    publish(5_000, "push");
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger runs = new AtomicInteger();
    try (Worker worker =
        builder(config().build())
            .processor(
                "*",
                (event, context) -> {
                  seen.add(event.eventId());
                  runs.incrementAndGet();
                })
            .build()) {
      worker.start();
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(5_000));
      awaitSettled(worker);
      await().untilAsserted(() -> assertThat(worker.depth().orElseThrow().total()).isZero());
      assertThat(seen).hasSize(5_000);
      assertThat(runs).hasValue(5_000);
      assertThat(memory.processed()).hasSize(5_000);
    }
  }

  @Test
  void aFailingEventIsRetriedDurablyAndEndsInTheDlqStream() throws Exception {
    publish(1, "push");
    AtomicInteger attempts = new AtomicInteger();
    try (Worker worker =
        builder(config().build())
            .processor(
                "*",
                (event, context) -> {
                  attempts.set(context.attempt());
                  throw new IOException("down");
                })
            .build()) {
      worker.start();
      await().untilAsserted(() -> assertThat(client.xlen("webhook_events_dlq")).isEqualTo(1));
      awaitSettled(worker);
    }
    assertThat(attempts).hasValue(3);
    Map<String, String> dead = client.xrange("webhook_events_dlq", "-", "+").get(0).getFields();
    assertThat(dead).containsEntry("event_id", "push-0").containsEntry("payload", "{\"n\":0}");
    assertThat(dead.get("dead_letter")).contains("retries_exhausted");
    assertThat(client.keys("webhook:idempotency:*")).isEmpty();
    assertThat(client.hlen("webhook_events_retry_data")).isZero();
  }

  @Test
  void aDuplicateAfterADeadLetterIsProcessed() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (Worker worker =
        builder(config().retryPolicy(RetryPolicy.none()).build())
            .processor(
                "*",
                (event, context) -> {
                  if (broken.get()) {
                    throw new IOException("down");
                  }
                })
            .build()) {
      worker.start();
      publish(1, "push");
      await().untilAsserted(() -> assertThat(client.xlen("webhook_events_dlq")).isEqualTo(1));
      broken.set(false);
      publish(1, "push");
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("push-0"));
    }
  }

  @Test
  void aDuplicateOfAnEventInProgressWaitsForIt() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    try (Worker worker =
        builder(config().build())
            .processor(
                "*",
                (event, context) -> {
                  runs.incrementAndGet();
                  running.countDown();
                  goOn.await();
                })
            .build()) {
      worker.start();
      publish(1, "push");
      running.await();
      publish(1, "push");
      await().untilAsserted(() -> assertThat(client.zcard("webhook_events_retry")).isEqualTo(1));
      assertThat(worker.stats().duplicates()).isZero();
      goOn.countDown();
      await().untilAsserted(() -> assertThat(worker.stats().duplicates()).isEqualTo(1));
      awaitSettled(worker);
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void aHandlerLongerThanTheVisibilityTimeoutIsNotRunTwice() throws Exception {
    publish(1, "push");
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch goOn = new CountDownLatch(1);
    WorkerConfig config = config().visibilityTimeout(Duration.ofSeconds(1)).build();
    try (Worker one =
            builder(config.toBuilder().consumerName("one").build())
                .processor(
                    "*",
                    (event, context) -> {
                      runs.incrementAndGet();
                      goOn.await();
                    })
                .build();
        Worker other =
            builder(config.toBuilder().consumerName("other").build())
                .processor("*", (event, context) -> runs.incrementAndGet())
                .build()) {
      one.start();
      await().untilAsserted(() -> assertThat(runs).hasValue(1));
      other.start();
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(runs).hasValue(1));
      goOn.countDown();
      awaitSettled(one);
      assertThat(memory.processed()).containsExactly("push-0");
    }
  }

  @Test
  void closingGivesBackWhatWasNotStarted() throws Exception {
    publish(50, "push");
    CountDownLatch goOn = new CountDownLatch(1);
    Set<String> byOther = ConcurrentHashMap.newKeySet();
    WorkerConfig config = config().visibilityTimeout(Duration.ofSeconds(60)).build();
    Worker one =
        builder(config.toBuilder().consumerName("one").maxConcurrent(2).build())
            .processor("*", (event, context) -> goOn.await())
            .build();
    try (Worker other =
        builder(config.toBuilder().consumerName("other").build())
            .processor("*", (event, context) -> byOther.add(event.eventId()))
            .build()) {
      one.start();
      await().untilAsserted(() -> assertThat(one.stats().held()).isGreaterThan(2));
      int held = one.stats().held();
      other.start();
      await().untilAsserted(() -> assertThat(byOther).hasSize(50 - held));
      Thread closing = new Thread(one::close);
      closing.start();
      await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(byOther).hasSize(48));
      goOn.countDown();
      closing.join();
      awaitSettled(other);
      assertThat(memory.processed()).hasSize(50);
    }
  }

  @Test
  void consumingGoesOnAfterTheGroupWasDestroyed() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Worker worker =
        builder(config().build())
            .processor("*", (event, context) -> runs.incrementAndGet())
            .build()) {
      worker.start();
      for (int round = 0; round < 5; round++) {
        publish(500, "round" + round);
        client.xgroupDestroy("webhook_events", "webhook_workers");
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(memory.processed()).hasSize(2_500));
      awaitSettled(worker);
      assertThat(Set.copyOf(memory.processed())).hasSize(2_500);
    }
  }

  @Test
  void consumingGoesOnAfterRedisWasKilledAndAfterFlushAll() throws Exception {
    Worker worker =
        builder(config().build()).processor("*", (event, context) -> Thread.onSpinWait()).build();
    try (worker) {
      worker.start();
      publish(1_000, "before");
      await().untilAsserted(() -> assertThat(memory.processed()).hasSize(1_000));
      redis.kill();
      await()
          .untilAsserted(
              () -> assertThat(worker.health().componentsThatAre(unhealthy())).contains("redis"));
      redis.restart();
      client.close();
      client = RedisClient.create("127.0.0.1", redis.port());
      publish(1_000, "after");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(memory.processed()).hasSize(2_000));
      client.flushAll();
      publish(1_000, "flushed");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(memory.processed()).hasSize(3_000));
      awaitSettled(worker);
    }
  }

  private static dev.webhookworker.health.HealthStatus unhealthy() {
    return dev.webhookworker.health.HealthStatus.UNHEALTHY;
  }

  @Test
  void anEntryOfThousandsOfFieldsBecomesADeadLetterAndBlocksNobody() throws Exception {
    Map<String, String> hostile =
        IntStream.range(0, 20_000)
            .boxed()
            .collect(Collectors.toMap(i -> "field-" + i, i -> "value-" + i));
    client.xadd("webhook_events", hostile, xaddAuto());
    publish(1, "push");
    try (Worker worker = builder(config().build()).build()) {
      worker.start();
      await().untilAsserted(() -> assertThat(client.xlen("webhook_events_dlq")).isEqualTo(1));
      awaitSettled(worker);
      assertThat(worker.stats().processed()).isEqualTo(1);
    }
    // A thousand fields, the rest of them in one, and the reason.
    assertThat(client.xrange("webhook_events_dlq", "-", "+").get(0).getFields())
        .hasSize(1_002)
        .containsKey(DeadLetterFields.REST);
  }

  @Test
  void theDlqKeepsTheRawFieldsOfWhatIsNoEvent() throws Exception {
    client.xadd("webhook_events", Map.of("some", "thing"), xaddAuto());
    try (Worker worker = builder(config().build()).build()) {
      worker.start();
      await().untilAsserted(() -> assertThat(client.xlen("webhook_events_dlq")).isEqualTo(1));
      awaitSettled(worker);
    }
    assertThat(client.xrange("webhook_events_dlq", "-", "+").get(0).getFields())
        .containsEntry("some", "thing");
  }

  private static XAddParams xaddAuto() {
    return XAddParams.xAddParams();
  }

  @Test
  void acknowledgedEntriesAreTrimmed() throws Exception {
    publish(1_000, "push");
    try (Worker worker = builder(config().streamRetention(Duration.ZERO).build()).build()) {
      worker.start();
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(1_000));
      await().untilAsserted(() -> assertThat(client.xlen("webhook_events")).isLessThan(200));
    }
  }
}
