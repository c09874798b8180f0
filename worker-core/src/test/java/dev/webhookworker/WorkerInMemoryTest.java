package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class WorkerInMemoryTest {

  private final MovableClock clock = new MovableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryModule memory = InMemoryModule.create(clock);

  private WorkerBuilder builder() {
    return Worker.builder().discovery(false).clock(clock).install(memory);
  }

  private static WorkerConfig.Builder config() {
    return WorkerConfig.builder()
        .blockTimeout(Duration.ofMillis(10))
        .shutdownTimeout(Duration.ofSeconds(2));
  }

  private static RetryPolicy twoRetries() {
    return RetryPolicy.defaults().withMaxRetries(2).withFullJitter(false);
  }

  @Test
  void anEventIsProcessedOnceWithItsFields() throws Exception {
    AtomicReference<WebhookEvent> seen = new AtomicReference<>();
    try (Worker worker =
        builder().config(config().build()).processor("push", (e, c) -> seen.set(e)).build()) {
      worker.start();
      memory.publish(
          Map.of(
              "event_id", "1",
              "event_type", "push",
              "payload", "{\"ref\":\"main\"}",
              "repo_name", "acme/site",
              "auth_context", "{\"tenant_id\":\"t1\"}",
              "unknown", "kept"));
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
      await().until(memory::isIdle);
    }
    assertThat(seen.get().payload().at("/ref").asText()).isEqualTo("main");
    assertThat(seen.get().tenantId()).isEqualTo("t1");
    assertThat(seen.get().repoName()).isEqualTo("acme/site");
    assertThat(seen.get().field("unknown")).isEqualTo("kept");
  }

  @Test
  void aFailingEventIsRetriedWithGrowingDelaysAndThenDeadLettered() throws Exception {
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    try (Worker worker =
        builder()
            .config(config().retryPolicy(twoRetries()).build())
            .processor(
                "*",
                (event, context) -> {
                  attempts.add(context.attempt());
                  throw new IOException("down");
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(worker.stats().retriesScheduled()).isEqualTo(1));
      assertThat(attempts).containsExactly(1);
      clock.advance(Duration.ofSeconds(1));
      await().untilAsserted(() -> assertThat(worker.stats().retriesScheduled()).isEqualTo(2));
      clock.advance(Duration.ofSeconds(2));
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
      assertThat(attempts).containsExactly(1, 2, 3);
      assertThat(memory.deadLetters().get(0).reason()).isEqualTo("retries_exhausted");
      assertThat(memory.deadLetters().get(0).failures()).isEqualTo(3);
    }
  }

  @Test
  void whatCannotSucceedIsNotRetried() throws Exception {
    try (Worker worker =
        builder()
            .config(config().build())
            .processor(
                "*",
                (event, context) -> {
                  throw new NonRetryableException("no such order; password=hunter2");
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
      assertThat(memory.deadLetters().get(0).reason()).isEqualTo("not_retryable");
      assertThat(memory.deadLetters().get(0).message())
          .contains("no such order")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void anUndecodableEntryBecomesADeadLetterThatKeepsItsFields() throws Exception {
    try (Worker worker = builder().config(config().build()).build()) {
      worker.start();
      memory.publish(Map.of("event_type", "push", "payload", "{}"));
      memory.publish("2", "push", "{not json");
      memory.publish("3", "push", "[".repeat(200) + "]".repeat(200));
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(3));
      assertThat(memory.deadLetters()).allMatch(dead -> dead.reason().equals("undecodable"));
      assertThat(memory.deadLetters())
          .extracting(dead -> dead.field("payload"))
          .contains("{}", "{not json");
    }
  }

  @Test
  void aDuplicateOfAFinishedEventIsAcknowledgedAndCounted() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Worker worker =
        builder()
            .config(config().build())
            .processor("*", (e, c) -> runs.incrementAndGet())
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(1));
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(worker.stats().duplicates()).isEqualTo(1));
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void anIdWithAnotherBodyIsReportedAsSuch() throws Exception {
    try (Worker worker = builder().config(config().build()).build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(worker.stats().processed()).isEqualTo(1));
      memory.publish("1", "push", "{\"other\":1}");
      await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
      assertThat(memory.deadLetters().get(0).reason()).isEqualTo("id_reused");
    }
  }

  @Test
  void aSnoozedEventComesBackWithoutUsingUpAnAttempt() throws Exception {
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    try (Worker worker =
        builder()
            .config(config().build())
            .processor(
                "*",
                (event, context) -> {
                  attempts.add(context.attempt());
                  if (attempts.size() == 1) {
                    context.snooze(Duration.ofHours(2));
                  }
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(attempts).hasSize(1));
      await().until(() -> worker.stats().held() == 0);
      clock.advance(Duration.ofHours(2));
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
      assertThat(attempts).containsExactly(1, 1);
    }
  }

  @Test
  void aRetryRunsOnlyTheProcessorsThatWereNotDone() throws Exception {
    List<String> runs = new CopyOnWriteArrayList<>();
    AtomicInteger failures = new AtomicInteger();
    try (Worker worker =
        builder()
            .config(config().build())
            .processor("*", (e, c) -> runs.add("first"))
            .processor(
                "*",
                (e, c) -> {
                  runs.add("second");
                  if (failures.incrementAndGet() == 1) {
                    throw new RetryableException("once more", Duration.ofSeconds(7));
                  }
                })
            .build()) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().untilAsserted(() -> assertThat(worker.stats().retriesScheduled()).isEqualTo(1));
      clock.advance(Duration.ofSeconds(7));
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
      assertThat(runs).containsExactly("first", "second", "second");
    }
  }

  @Test
  void aHandlerIsInterruptedAtItsLimitAndOthersGoOn() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (Worker worker =
        builder()
            .config(config().processingTimeout(Duration.ofSeconds(30)).maxConcurrent(2).build())
            .processor(
                "slow",
                (event, context) -> {
                  started.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException limit) {
                    interrupted.countDown();
                    throw limit;
                  }
                })
            .build()) {
      worker.start();
      memory.publish("1", "slow", "{}");
      memory.publish("2", "quick", "{}");
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("2"));
      started.await();
      clock.advance(Duration.ofSeconds(31));
      interrupted.await();
      await().untilAsserted(() -> assertThat(worker.stats().retriesScheduled()).isEqualTo(1));
    }
  }

  @Test
  void aHandlerThatIgnoresItsInterruptIsCountedAndBlocksNobody() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Worker worker =
        builder()
            .config(config().processingTimeout(Duration.ofSeconds(30)).maxConcurrent(1).build())
            .processor(
                "stuck",
                (event, context) -> {
                  started.countDown();
                  while (end.getCount() > 0) {
                    try {
                      end.await();
                    } catch (InterruptedException ignoredOnPurpose) {
                      Thread.onSpinWait();
                    }
                  }
                })
            .build()) {
      worker.start();
      memory.publish("1", "stuck", "{}");
      started.await();
      clock.advance(Duration.ofSeconds(40));
      await().untilAsserted(() -> assertThat(worker.stats().stuckHandlers()).isEqualTo(1));
      memory.publish("2", "quick", "{}");
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("2"));
      end.countDown();
      await().untilAsserted(() -> assertThat(worker.stats().stuckHandlers()).isZero());
    }
  }

  @Test
  void theHandlersLogLinesNameTheirEvent() throws Exception {
    AtomicReference<Map<String, String>> mdc = new AtomicReference<>();
    try (Worker worker =
        builder()
            .config(config().build())
            .processor("*", (e, c) -> mdc.set(MDC.getCopyOfContextMap()))
            .build()) {
      worker.start();
      memory.publish(
          Map.of(
              "event_id", "1",
              "event_type", "push",
              "payload", "{}",
              "auth_context", "{\"tenant_id\":\"t1\"}",
              "metadata", "{\"correlation_id\":\"c1\"}"));
      await().until(() -> mdc.get() != null);
    }
    assertThat(mdc.get())
        .containsEntry("event_id", "1")
        .containsEntry("event_type", "push")
        .containsEntry("tool_id", "default")
        .containsEntry("tenant_id", "t1")
        .containsEntry("correlation_id", "c1")
        .containsEntry("attempt", "1");
  }

  @Test
  void aTypedHandlerGetsThePayloadAsAnObject() throws Exception {
    record Push(String ref) {}
    AtomicReference<String> ref = new AtomicReference<>();
    try (Worker worker =
        builder()
            .config(config().build())
            .processor("push", Push.class, (push, context) -> ref.set(push.ref()))
            .build()) {
      worker.start();
      memory.publish("1", "push", "{\"ref\":\"main\",\"more\":1}");
      await().untilAsserted(() -> assertThat(ref).hasValue("main"));
    }
  }

  @Test
  void aPausedWorkerTakesNothingInUntilItIsResumed() throws Exception {
    try (Worker worker = builder().config(config().build()).build()) {
      worker.start();
      assertThat(worker.drain(Duration.ofSeconds(2))).isTrue();
      memory.publish("1", "push", "{}");
      await()
          .during(Duration.ofMillis(200))
          .untilAsserted(() -> assertThat(memory.processed()).isEmpty());
      worker.resume();
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
    }
  }

  @Test
  void twoProcessorsOfOneNameAreRefused() {
    record Named() implements EventProcessor {
      @Override
      public Set<String> eventTypes() {
        return Set.of("*");
      }

      @Override
      public void process(WebhookEvent event, ProcessingContext context) {}
    }
    WorkerBuilder twice = builder().processor(new Named()).processor(new Named());
    assertThatThrownBy(twice::build)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("give each its own");
  }

  @Test
  void aWorkerWithoutAStreamSaysWhatToAdd() {
    assertThatThrownBy(() -> Worker.builder().discovery(false).build())
        .hasMessageContaining("worker-redis");
  }
}
