package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.memory.InMemoryModule;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ToolLimitsInMemoryTest {

  private final InMemoryModule memory = InMemoryModule.create();

  private Worker worker(dev.webhookworker.spi.EventHandler handler) {
    return Worker.builder()
        .discovery(false)
        .install(memory)
        .config(
            WorkerConfig.builder()
                .maxConcurrent(4)
                .blockTimeout(Duration.ofMillis(10))
                .shutdownTimeout(Duration.ofSeconds(2))
                .retryPolicy(
                    RetryPolicy.defaults()
                        .withMaxRetries(50)
                        .withIntervals(Duration.ofMillis(20), Duration.ofMillis(20)))
                .build())
        .processor("*", handler)
        .build();
  }

  private void publish(String id, String limits) {
    memory.publish(
        Map.of(
            "event_id",
            id,
            "event_type",
            "push",
            "payload",
            "{}",
            "metadata",
            "{\"tool_config\":{\"id\":\"limited\",\"webhook_config\":" + limits + "}}"));
  }

  @Test
  void whatIsOverALimitHoldsNoHandlerAndUsesUpNoAttempt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger laterAttempts = new AtomicInteger();
    try (Worker worker =
        worker(
            (event, context) -> {
              if (context.attempt() > 1) {
                laterAttempts.incrementAndGet();
              }
              if (context.tool().id().equals("inline:limited")) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                release.await();
                running.decrementAndGet();
              }
            })) {
      worker.start();
      for (int i = 0; i < 100; i++) {
        publish("slow-" + i, "{\"max_concurrent\":2}");
      }
      for (int i = 0; i < 500; i++) {
        memory.publish("fast-" + i, "push", "{}");
      }
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(500));
      assertThat(most).hasValue(2);
      assertThat(worker.toolLimits())
          .singleElement()
          .satisfies(
              limit -> {
                assertThat(limit.toolId()).isEqualTo("inline:limited");
                assertThat(limit.running()).isEqualTo(2);
                assertThat(limit.heldBack()).isGreaterThanOrEqualTo(98);
              });
      release.countDown();
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(600));
      // Nobody came in vain again and again.
      assertThat(worker.toolLimits().get(0).heldBack()).isLessThan(1_000);
      assertThat(most).hasValue(2);
      assertThat(laterAttempts).hasValue(0);
      assertThat(memory.deadLetters()).isEmpty();
    }
  }

  @Test
  void anOpenCircuitSparesEventsTheirAttemptsUntilTheTroubleIsOver() throws Exception {
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicInteger runs = new AtomicInteger();
    try (Worker worker =
        worker(
            (event, context) -> {
              runs.incrementAndGet();
              if (down.get()) {
                throw new IOException("down");
              }
            })) {
      worker.start();
      for (int i = 0; i < 40; i++) {
        publish(
            "e-" + i,
            "{\"max_concurrent\":1," + "\"circuit_breaker\":{\"failures\":3,\"pause\":\"300ms\"}}");
      }
      await()
          .untilAsserted(
              () -> assertThat(worker.toolLimits()).anyMatch(one -> one.heldBack() >= 60));
      assertThat(runs.get()).isLessThan(20);
      down.set(false);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(40));
      assertThat(worker.toolLimits().get(0).circuit()).contains("closed");
      assertThat(memory.deadLetters()).isEmpty();
    }
  }

  @Test
  void aToolsRetryPolicyAndTimeLimitCountAndAnEventRulesBeforeThem() throws Exception {
    try (Worker worker =
        worker(
            (event, context) -> {
              throw new IOException("down");
            })) {
      worker.start();
      publish("by-tool", "{\"retry\":{\"max_retries\":0}}");
      publish(
          "by-rule",
          "{\"retry\":{\"max_retries\":0},\"events\":[{\"event_type\":\"push\","
              + "\"retry\":{\"max_retries\":1,\"initial_interval\":\"10ms\"}}]}");
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(2));
      assertThat(memory.deadLetters())
          .extracting(dead -> dead.field("event_id") + " " + dead.failures())
          .containsExactlyInAnyOrder("by-tool 1", "by-rule 2");
    }
  }

  @Test
  void aToolsRetryPolicyCountsForAHandlerThatIgnoresItsInterruptToo() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (Worker worker =
        worker(
            (event, context) -> {
              while (!over.get()) {
                Thread.onSpinWait();
              }
            })) {
      worker.start();
      publish("stuck", "{\"timeout\":\"50ms\",\"retry\":{\"max_retries\":0}}");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
      assertThat(memory.deadLetters().get(0).failures()).isEqualTo(1);
      over.set(true);
    } finally {
      over.set(true);
    }
  }

  @Test
  void aHandlerThatWasGivenUpKeepsNoPlaceOfItsTool() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Worker worker =
        worker(
            (event, context) -> {
              while (event.eventId().equals("stuck") && over.getCount() > 0) {
                Thread.onSpinWait();
              }
            })) {
      worker.start();
      String limits = "{\"max_concurrent\":1,\"timeout\":\"50ms\",\"retry\":{\"max_retries\":0}}";
      publish("stuck", limits);
      publish("next", limits);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                assertThat(memory.processed()).hasSize(1);
                assertThat(memory.deadLetters()).hasSize(1);
              });
    } finally {
      over.countDown();
    }
  }
}
