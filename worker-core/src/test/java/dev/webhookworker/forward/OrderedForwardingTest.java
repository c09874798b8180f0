package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderedForwardingTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final InMemoryModule memory = InMemoryModule.create();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private Receiver crm;
  private @Nullable EventHandler handler;
  private @Nullable Worker worker;

  @BeforeEach
  void open() throws Exception {
    crm = receiver();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : toClose) {
      one.close();
    }
  }

  private Receiver receiver() throws IOException {
    Receiver receiver = new Receiver();
    toClose.add(receiver);
    return receiver;
  }

  private void start(String... destinations) throws Exception {
    JsonNode tool =
        JSON.readTree(
            """
            {"id": "t", "webhook_config": {
              "default_processing_mode": "store_and_forward", "destinations": [%s]}}
            """
                .formatted(String.join(",", destinations)));
    WorkerBuilder builder =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .config(
                WorkerConfig.builder()
                    .blockTimeout(Duration.ofMillis(100))
                    .shutdownTimeout(Duration.ofSeconds(2))
                    .maxConcurrent(8)
                    .retryPolicy(
                        RetryPolicy.defaults()
                            .withIntervals(Duration.ofMillis(50), Duration.ofMillis(200))
                            .withMaxRetries(50))
                    .forwarding(
                        ForwardSettings.DEFAULTS
                            .withAllow(List.of("127.0.0.1"))
                            .withTimeout(Duration.ofSeconds(5))
                            .withCircuitDelay(Duration.ofMillis(100)))
                    .build())
            .toolConfigExtractor(
                event ->
                    "t".equals(event.toolId())
                        ? Optional.of(ToolConfigs.fromJson(tool))
                        : Optional.empty());
    if (handler != null) {
      builder.processor("*", handler);
    }
    worker = builder.build();
    toClose.add(0, worker);
    worker.start();
  }

  private String ordered(String more) {
    return """
    {"name": "crm", "url": "%s", "ordered": true%s}"""
        .formatted(crm.url(), more);
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
  }

  private void publish(List<String> ids) {
    ids.forEach(id -> publish(id, "push", "t"));
  }

  private void publish(String id, String type, String tool) {
    memory.publish(
        Map.of(
            "event_id",
            id,
            "event_type",
            type,
            "payload",
            "{\"id\":\"" + id + "\"}",
            "metadata",
            "{\"tool_id\":\"" + tool + "\"}"));
  }

  private void awaitProcessed(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(memory.processed()).hasSize(count));
  }

  @Test
  void eventsArriveInTheOrderOfTheStreamThoughTriesFail() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    crm.answers(() -> requests.incrementAndGet() % 9 == 0 ? 503 : 200);
    Receiver archive = receiver();
    start(ordered(""), "{\"name\": \"archive\", \"url\": \"%s\"}".formatted(archive.url()));
    publish(ids(200));
    awaitProcessed(200);
    assertThat(crm.takenIds()).isEqualTo(ids(200));
    assertThat(archive.takenIds()).containsExactlyInAnyOrderElementsOf(ids(200));
  }

  @Test
  void laterEventsWaitForAnEarlierOneWhoseProcessorFails() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch othersRan = new CountDownLatch(3);
    handler =
        (event, context) -> {
          if (!event.eventId().equals("e0")) {
            othersRan.countDown();
          } else if (runs.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
          } else {
            othersRan.await();
          }
        };
    start(ordered(""));
    publish(ids(4));
    awaitProcessed(4);
    assertThat(crm.takenIds()).isEqualTo(ids(4));
  }

  @Test
  void whatIsRefusedOrFailsForGoodLetsTheOthersPass() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    crm.answers(() -> requests.incrementAndGet() == 2 ? 400 : 200);
    handler =
        (event, context) -> {
          if (event.eventId().equals("e3")) {
            throw new NonRetryableException("never");
          }
        };
    start(ordered(""));
    publish(ids(6));
    awaitProcessed(4);
    assertThat(crm.takenIds()).containsExactly("e0", "e2", "e4", "e5");
    assertThat(memory.deadLetters()).hasSize(2);
  }

  @Test
  void aRetriedDeadLetterArrivesLateAndHoldsUpNobody() throws Exception {
    AtomicBoolean works = new AtomicBoolean();
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch retried = new CountDownLatch(1);
    handler =
        (event, context) -> {
          if (!event.eventId().equals("e0")) {
            return;
          }
          if (runs.incrementAndGet() == 1) {
            throw new NonRetryableException("never");
          }
          retried.countDown();
          if (!works.get()) {
            throw new IllegalStateException("not yet");
          }
        };
    start(ordered(""));
    publish("e0", "push", "t");
    await().until(() -> memory.deadLetters().size() == 1);
    Objects.requireNonNull(worker)
        .deadLetters()
        .retry(memory.deadLetters().get(0).entryId(), "operator");
    retried.await();
    // Its budget of tries is not used up: it waits for the next one.
    publish(List.of("e1", "e2"));
    awaitProcessed(2);
    assertThat(crm.takenIds()).containsExactly("e1", "e2");
    works.set(true);
    awaitProcessed(3);
    assertThat(crm.takenIds()).containsExactly("e1", "e2", "e0");
  }

  @Test
  void onlyEventsThatTheDestinationWantsAreWaitedFor() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    crm.answers(
        () -> {
          arrived.countDown();
          return 200;
        });
    handler =
        (event, context) -> {
          if (!event.eventType().equals("push")) {
            arrived.await();
          }
        };
    start(ordered(", \"event_types\": [\"push\"]"));
    publish("other-type", "issues", "t");
    publish("other-tool", "issues", "default");
    publish("e0", "push", "t");
    awaitProcessed(3);
    assertThat(crm.takenIds()).containsExactly("e0");
  }

  @Test
  void aFilterThatDoesNotHoldLeavesTheLine() throws Exception {
    start(ordered(", \"filter\": {\"source\": \"/id\", \"in\": [\"e1\", \"e3\"]}"));
    publish(ids(4));
    awaitProcessed(4);
    assertThat(crm.takenIds()).containsExactly("e1", "e3");
  }

  @Test
  void whileItHangsOtherDestinationsAndToolsGoOn() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    crm.answers(
        () -> {
          try {
            hangs.await();
          } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
          }
          return 200;
        });
    Receiver archive = receiver();
    start(
        ordered(""),
        "{\"name\": \"archive\", \"url\": \"%s\", \"ordered\": true}".formatted(archive.url()));
    publish(ids(40));
    IntStream.range(0, 40).forEach(i -> publish("other" + i, "push", "default"));
    awaitProcessed(40);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(archive.takenIds()).isEqualTo(ids(40)));
    hangs.countDown();
    awaitProcessed(80);
    // A request that timed out may have been taken all the same.
    assertThat(crm.takenIds().stream().distinct()).isEqualTo(ids(40));
  }
}
