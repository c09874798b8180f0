package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.spi.EventHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OrderGuardInMemoryTest {

  private final InMemoryModule memory = InMemoryModule.create();
  private final List<String> done = new CopyOnWriteArrayList<>();

  private Worker start(EventHandler handler) throws IOException {
    Worker worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .config(
                WorkerConfig.builder()
                    .maxConcurrent(4)
                    .blockTimeout(Duration.ofMillis(10))
                    .shutdownTimeout(Duration.ofSeconds(2))
                    .retryPolicy(
                        RetryPolicy.defaults()
                            .withMaxRetries(2)
                            .withIntervals(Duration.ofMillis(50), Duration.ofMillis(50)))
                    .build())
            .processor(
                "*",
                (event, context) -> {
                  handler.handle(event, context);
                  done.add(event.eventId());
                })
            .build();
    worker.start();
    return worker;
  }

  private void publish(String id, String payload) {
    memory.publish(
        Map.of(
            "event_id",
            id,
            "event_type",
            "issue",
            "payload",
            payload,
            "metadata",
            "{\"tool_config\":{\"id\":\"t\",\"webhook_config\":{\"order_guard\":"
                + "{\"resource\":\"/id\",\"version\":\"/at\"}}}}"));
  }

  private List<String> story(String id) throws Exception {
    return memory.eventStore(WorkerConfig.defaults()).orElseThrow().story(id, null).stream()
        .map(AuditEntry::action)
        .toList();
  }

  @Test
  void anEventOlderThanOneThatIsDoneIsStoredAsStaleAndNotProcessed() throws Exception {
    try (Worker worker = start((event, context) -> {})) {
      publish("new", "{\"id\":1,\"at\":\"2026-01-02T00:00:00Z\"}");
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("new"));
      publish("old", "{\"id\":1,\"at\":\"2026-01-01T00:00:00Z\"}");
      publish("other resource", "{\"id\":2,\"at\":\"2026-01-01T00:00:00Z\"}");
      publish("same version", "{\"id\":1,\"at\":\"2026-01-02T00:00:00Z\"}");
      publish("no resource", "{\"at\":\"2026-01-01T00:00:00Z\"}");
      await().untilAsserted(() -> assertThat(memory.processed()).hasSize(5));
      assertThat(done)
          .containsExactlyInAnyOrder("new", "other resource", "same version", "no resource");
      await().untilAsserted(() -> assertThat(story("old")).contains("stale"));
      assertThat(worker.stats().processed()).isEqualTo(4);
      assertThat(memory.deadLetters()).isEmpty();
    }
  }

  @Test
  void aRetryIsNotStaleByItsOwnMarkAndOlderOnesWaitForItsEnd() throws Exception {
    AtomicBoolean down = new AtomicBoolean(true);
    CountDownLatch failedOnce = new CountDownLatch(1);
    try (Worker worker =
        start(
            (event, context) -> {
              if (event.eventId().equals("new") && down.getAndSet(false)) {
                failedOnce.countDown();
                throw new IOException("down");
              }
            })) {
      publish("new", "{\"id\":1,\"at\":2}");
      failedOnce.await();
      publish("old", "{\"id\":1,\"at\":1}");
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("new", "old"));
      assertThat(done).containsExactly("new");
      assertThat(worker.stats().deadLettered()).isZero();
    }
  }

  @Test
  void aNewerEventThatFailsForGoodDoesNotCostTheOlderOne() throws Exception {
    CountDownLatch failedOnce = new CountDownLatch(1);
    try (Worker worker =
        start(
            (event, context) -> {
              if (event.eventId().equals("new")) {
                failedOnce.countDown();
                throw new IOException("down");
              }
            })) {
      publish("new", "{\"id\":1,\"at\":2}");
      failedOnce.await();
      publish("old", "{\"id\":1,\"at\":1}");
      await().untilAsserted(() -> assertThat(done).containsExactly("old"));
      assertThat(memory.deadLetters()).extracting(dead -> dead.field("event_id")).contains("new");
      assertThat(worker.stats().deadLettered()).isEqualTo(1);
    }
  }

  @Test
  void aVersionThatCanNotBeComparedIsADeadLetterThatSaysSo() throws Exception {
    try (Worker worker = start((event, context) -> {})) {
      publish("1", "{\"id\":1,\"at\":\"secret\"}");
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
      assertThat(memory.deadLetters().get(0).message())
          .contains("order_guard", "'/at'")
          .doesNotContain("secret");
      assertThat(worker.stats().processed()).isZero();
    }
  }
}
