package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Events of a paused or limited tool wait and cost nothing, and run as soon as they may. */
@Tag("servers")
class ParkedEventsIT {

  private static final int WAITING = 30_000;
  private static final String RETRY = "webhook_events_retry";
  private static final String LIMITED = "limited";
  private static final int BYTES_OF_A_RUN = 2_000;
  private static final Duration MEASURED = Duration.ofSeconds(8);

  private EmbeddedRedis redis;
  private RedisClient admin;
  private RedisEventPublisher publisher;

  private final AtomicReference<ToolConfig> tool = new AtomicReference<>();
  private final LongAdder heldBack = new LongAdder();
  private final LongAdder runs = new LongAdder();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicBoolean down = new AtomicBoolean();
  private volatile long handlerMillis;

  @BeforeEach
  void start() {
    redis = DocumentedUser.server();
    admin = RedisClient.create("127.0.0.1", redis.port());
    publisher =
        RedisEventPublisher.to(
            RedisSettings.parse(DocumentedUser.addressOf(redis)), "webhook_events");
  }

  @AfterEach
  void stop() {
    publisher.close();
    admin.close();
    redis.close();
  }

  private void tool(String webhookConfig) {
    try {
      tool.set(
          ToolConfigs.fromJson(
              new ObjectMapper()
                  .readTree(
                      "{\"id\":\"" + LIMITED + "\",\"webhook_config\":" + webhookConfig + "}")));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private Worker worker(String name) throws IOException {
    Worker worker =
        Worker.builder()
            .discovery(false)
            .config(
                WorkerConfig.builder()
                    .redis(DocumentedUser.addressOf(redis))
                    .consumerName(name)
                    .shutdownTimeout(Duration.ofSeconds(3))
                    .retryPolicy(
                        RetryPolicy.defaults()
                            .withMaxRetries(9)
                            .withIntervals(Duration.ofMillis(100), Duration.ofMillis(100)))
                    .build())
            .install(new RedisModule())
            .toolConfigExtractor(event -> Optional.ofNullable(toolOf(event)))
            .listener(
                new WorkerListener() {
                  @Override
                  public void heldBack(String toolId) {
                    heldBack.increment();
                  }
                })
            .processor("*", (event, context) -> handle(event))
            .build();
    worker.start();
    return worker;
  }

  private ToolConfig toolOf(WebhookEvent event) {
    return event.eventType().equals(LIMITED) ? tool.get() : null;
  }

  private void handle(WebhookEvent event) throws Exception {
    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      if (down.get()) {
        throw new IOException("down");
      }
      if (handlerMillis > 0) {
        Thread.sleep(handlerMillis);
      }
      runs.increment();
      seen.add(event.eventId());
    } finally {
      running.decrementAndGet();
    }
  }

  private void publish(int count, String type) {
    String payload = "{\"text\":\"" + "x".repeat(1_000) + "\"}";
    for (int from = 0; from < count; from += 1_000) {
      publisher.publishAll(
          IntStream.range(from, Math.min(count, from + 1_000))
              .mapToObj(i -> OutgoingEvent.of(type + "-" + i, type, payload))
              .toList());
    }
  }

  private void awaitParked(int atLeast) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                admin.zcard(RETRY + "_parked:" + LIMITED) >= atLeast
                    && admin.xpending("webhook_events", "webhook_workers").getTotal() == 0);
  }

  private void awaitAllRan(int count, Duration limit) {
    await().atMost(limit).untilAsserted(() -> assertThat(seen).hasSize(count));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(admin.zcard(RETRY)).isZero();
              assertThat(admin.hkeys(RETRY + "_data")).isEmpty();
              assertThat(admin.keys(RETRY + "_parked*")).isEmpty();
            });
    assertThat(runs.sum()).isEqualTo(count);
    assertThat(admin.exists("webhook_events_dlq")).isFalse();
  }

  /** What went on in a time, each second. */
  private record Cost(double leases, double bytes, double ran) {}

  private Cost measure() throws InterruptedException {
    long visits = heldBack.sum() + runs.sum();
    long ran = runs.sum();
    long bytes = inputBytes();
    long start = System.nanoTime();
    Thread.sleep(MEASURED.toMillis());
    double seconds = (System.nanoTime() - start) / 1e9;
    Cost cost =
        new Cost(
            (heldBack.sum() + runs.sum() - visits) / seconds,
            (inputBytes() - bytes) / seconds,
            (runs.sum() - ran) / seconds);
    System.out.println("With " + admin.zcard(RETRY) + " events waiting, each second: " + cost);
    return cost;
  }

  private long inputBytes() {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_net_input_bytes:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
        .findFirst()
        .orElseThrow();
  }

  private static void close(List<Worker> workers) {
    workers.forEach(Worker::close);
  }

  @Test
  void eventsOfAPausedToolWaitForNothingAndRunWhenItIsResumed() throws Exception {
    tool("{\"paused\":true}");
    List<Worker> workers = List.of(worker("one"), worker("two"));
    publish(WAITING, LIMITED);
    awaitParked(WAITING - 2);
    Cost cost = measure();
    assertThat(cost.leases()).isLessThan(100);
    assertThat(cost.bytes()).isLessThan(50_000);
    assertThat(workers.get(0).health().toString()).contains("retries_waiting");
    tool("{}");
    await()
        .atMost(Duration.ofMillis(2_500))
        .untilAsserted(() -> assertThat(seen).hasSizeGreaterThan(100));
    awaitAllRan(WAITING, Duration.ofSeconds(60));
    close(workers);
  }

  @Test
  void aToolAtItsRateHasItsPaceAndTheRestWaitsForNothing() throws Exception {
    tool("{\"rate_limit\":{\"events\":20,\"per\":\"1s\"}}");
    Worker one = worker("one");
    publish(WAITING, LIMITED);
    awaitParked(WAITING - 2_000);
    Thread.sleep(6_000);
    Cost cost = measure();
    assertThat(cost.leases()).isLessThan(100);
    // What runs costs something too, on a busy machine more.
    assertThat(cost.bytes() - cost.ran() * BYTES_OF_A_RUN).isLessThan(50_000);
    assertThat(cost.ran()).isBetween(18.0, 20.5);
    tool("{}");
    awaitAllRan(WAITING, Duration.ofSeconds(60));
    close(List.of(one));
  }

  @Test
  void twoWorkersHaveTheirPaceEach() throws Exception {
    tool("{\"rate_limit\":{\"events\":20,\"per\":\"1s\"}}");
    List<Worker> workers = List.of(worker("one"), worker("two"));
    publish(5_000, LIMITED);
    awaitParked(4_000);
    Thread.sleep(6_000);
    Cost cost = measure();
    assertThat(cost.ran()).isBetween(32.0, 41.0);
    assertThat(cost.leases()).isLessThan(60);
    close(workers);
  }

  @Test
  void aToolAtItsSeatsKeepsThemTaken() throws Exception {
    handlerMillis = 50;
    tool("{\"max_concurrent\":2}");
    Worker one = worker("one");
    publish(5_000, LIMITED);
    awaitParked(4_000);
    Thread.sleep(6_000);
    Cost cost = measure();
    assertThat(cost.ran()).isGreaterThan(0.7 * 2 * 1_000 / 51);
    assertThat(mostRunning).hasValue(2);
    tool("{}");
    handlerMillis = 0;
    awaitAllRan(5_000, Duration.ofSeconds(60));
    close(List.of(one));
  }

  @Test
  void eventsOfAnOpenCircuitWaitForNothingAndRunWhenItCloses() throws Exception {
    down.set(true);
    tool("{\"circuit_breaker\":{\"failures\":3,\"pause\":\"5s\"}}");
    Worker one = worker("one");
    publish(5_000, LIMITED);
    awaitParked(4_900);
    down.set(false);
    awaitAllRan(5_000, Duration.ofSeconds(30));
    close(List.of(one));
  }

  @Test
  void eventsThatAWorkerParkedBeforeItWasClosedAreWokenByAnother() throws Exception {
    tool("{\"paused\":true}");
    Worker one = worker("one");
    publish(50, LIMITED);
    awaitParked(48);
    one.close();
    assertThat(seen).isEmpty();
    tool("{}");
    Worker two = worker("two");
    awaitAllRan(50, Duration.ofSeconds(10));
    two.close();
  }

  @Test
  void theNamesOfTheIndexesAreThoseOfTheTools() throws Exception {
    tool("{\"paused\":true}");
    Worker one = worker("one");
    publish(3, LIMITED);
    awaitParked(2);
    assertThat(admin.smembers(RETRY + "_parked")).containsExactly(LIMITED);
    assertThat(admin.hgetAll(RETRY + "_data").entrySet())
        .extracting(Map.Entry::getValue)
        .contains(LIMITED);
    one.close();
  }
}
