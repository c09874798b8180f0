package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.Fault;
import dev.webhookworker.port.FaultyPorts;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every call of queue and store, times every way in which it can fail, at its first calls and
 * later: after everything works again, each event has ended once and nothing is left over.
 */
@Tag("servers")
class FaultyPortsMatrixTest {

  private static final Set<String> PROCESSED =
      Set.of(
          "plain",
          "fails once",
          "snoozes once",
          "fails as a dead letter's first retry",
          "guarded",
          "guarded too",
          "sent",
          "sent after it");

  /** Two events of one resource, and two in line for a destination that refuses the first call. */
  private static final String TOOLS =
      """
      {"guards": {"id": "guards", "webhook_config": {
         "order_guard": {"resource": "resource", "version": "version", "keep": "1h"}}},
       "sends": {"id": "sends", "webhook_config": {
         "default_processing_mode": "store_and_forward",
         "destinations": [{"name": "crm", "url": "%s", "ordered": true}]}}}
      """;

  private static final Duration LONGEST = Duration.ofSeconds(30);

  @Test
  void whicheverCallFailsHoweverEachEventEndsOnce() {
    List<String> broken = new ArrayList<>();
    Set<String> neverCalled = new TreeSet<>();
    int combinations = 0;
    for (Method call : FaultyPorts.remoteCalls()) {
      String name = call.getDeclaringClass().getSimpleName() + "." + call.getName();
      for (Fault fault : Fault.values()) {
        for (int after : new int[] {0, 2}) {
          Schedule schedule = new Schedule(call, fault, after);
          String wrong = schedule.run();
          if (!wrong.isEmpty()) {
            broken.add(name + " " + fault + " after " + after + ": " + wrong);
          }
          if (schedule.ports.hasFailed()) {
            combinations++;
          } else if (after == 0) {
            neverCalled.add(name);
            // Without a call there is nothing to fail, in whichever way.
            break;
          }
        }
      }
    }
    System.out.println(
        "calls of queue and store: "
            + combinations
            + " combinations, "
            + broken.size()
            + " broken; not called in this schedule: "
            + neverCalled);
    assertThat(broken).isEmpty();
    assertThat(combinations).isGreaterThan(100);
  }

  private static final class Schedule {

    private final MovableClock clock = new MovableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryModule memory = InMemoryModule.create(clock);
    private final Map<String, Integer> runs = new ConcurrentHashMap<>();
    private final FaultyPorts ports;
    private final HttpServer destination = destination();

    private static HttpServer destination() {
      try {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
            "/",
            exchange -> {
              exchange.sendResponseHeaders(asked.getAndIncrement() == 0 ? 503 : 200, -1);
              exchange.close();
            });
        server.start();
        return server;
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }

    private Optional<ToolConfig> tool(WebhookEvent event) throws IOException {
      String url = "http://127.0.0.1:" + destination.getAddress().getPort();
      JsonNode tool =
          Json.MAPPER
              .readTree(TOOLS.formatted(url))
              .path(Objects.requireNonNullElse(event.toolId(), ""));
      return tool.isMissingNode() ? Optional.empty() : Optional.of(ToolConfigs.fromJson(tool));
    }

    private void publish(String id, String tool) {
      memory.publish(
          Map.of(
              "event_id",
              id,
              "event_type",
              "push",
              "payload",
              "{\"resource\":\"one\",\"version\":1}",
              "metadata",
              "{\"tool_id\":\"" + tool + "\"}"));
    }

    Schedule(Method call, Fault fault, int after) {
      ports = new FaultyPorts(memory, call, fault, after, 2);
    }

    /** What is wrong, empty when nothing is. */
    String run() {
      try (Worker worker =
          Worker.builder()
              .discovery(false)
              .clock(clock)
              .config(config())
              .install(ports)
              .toolConfigExtractor(this::tool)
              .processor("*", (event, context) -> process(event.eventId(), context::snooze))
              .build()) {
        worker.start();
        for (String id : List.of("plain", "plain", "fails once", "snoozes once", "never")) {
          memory.publish(id, "push", "{}");
        }
        memory.publish("fails as a dead letter's first retry", "push", "{}");
        publish("guarded", "guards");
        publish("guarded too", "guards");
        publish("sent", "sends");
        publish("sent after it", "sends");
        if (!eventually(() -> memory.isIdle() && memory.deadLetters().size() == 2)) {
          return "does not come to rest: " + memory.deadLetters().size() + " dead, " + runs;
        }
        retryDeadLetter(worker);
        if (!eventually(() -> memory.isIdle() && memory.deadLetters().size() == 1)) {
          return "the retried dead letter does not come to rest";
        }
        discardTheOther(worker);
        ports.heal();
        memory.publish("after all that", "push", "{}");
        if (!eventually(() -> memory.isIdle() && worker.stats().held() == 0)) {
          return "holds " + worker.stats().held() + " events for ever";
        }
        String health = worker.health().components().get("worker").message();
        return health.equals("consuming") ? ends() : "health says: " + health;
      } catch (InterruptedException | IOException stop) {
        throw new IllegalStateException(stop);
      } finally {
        destination.stop(0);
      }
    }

    private void retryDeadLetter(Worker worker) throws InterruptedException {
      String id =
          memory.deadLetters().stream()
              .filter(letter -> !"never".equals(letter.field("event_id")))
              .findFirst()
              .orElseThrow()
              .entryId();
      asOperator(() -> worker.deadLetters().retry(id, "operator"));
    }

    private void discardTheOther(Worker worker) throws InterruptedException {
      String id = memory.deadLetters().get(0).entryId();
      asOperator(() -> worker.deadLetters().list(DeadLetterFilter.ALL, null, 10));
      asOperator(() -> worker.deadLetters().show(id));
      asOperator(() -> worker.deadLetters().discard(id, "operator", "not needed"));
      assertThat(memory.deadLetters()).isEmpty();
    }

    /** An operator whom a server refuses asks again. */
    private void asOperator(Runnable act) throws InterruptedException {
      assertThat(
              eventually(
                  () -> {
                    try {
                      act.run();
                      return true;
                    } catch (RuntimeException | Error refused) {
                      return false;
                    }
                  }))
          .isTrue();
    }

    private void process(String id, java.util.function.Consumer<Duration> snooze)
        throws IOException {
      int run = runs.merge(id, 1, Integer::sum);
      switch (id) {
        case "fails once" -> {
          if (run == 1) {
            throw new IOException("once");
          }
        }
        case "snoozes once" -> {
          if (run == 1) {
            snooze.accept(Duration.ofSeconds(5));
          }
        }
        case "never" -> throw new NonRetryableException("never");
        case "fails as a dead letter's first retry" -> {
          if (memory.deadLetters().stream()
              .noneMatch(letter -> id.equals(letter.field("event_id")))) {
            throw new NonRetryableException("not the first time");
          }
        }
        default -> {}
      }
    }

    private String ends() {
      List<String> processed = memory.processed();
      List<String> dead =
          memory.deadLetters().stream()
              .map(letter -> letter.field("event_id"))
              .collect(Collectors.toList());
      Set<String> expected = new HashSet<>(PROCESSED);
      expected.add("after all that");
      return Set.copyOf(processed).equals(expected)
              && processed.size() == expected.size()
              && dead.isEmpty()
          ? ""
          : "processed " + processed + ", dead " + dead + ", runs " + runs;
    }

    private interface Condition {
      boolean holds();
    }

    /** The clock of the world runs a hundred times as fast meanwhile. */
    private boolean eventually(Condition condition) throws InterruptedException {
      long end = System.nanoTime() + LONGEST.toNanos();
      while (!condition.holds()) {
        if (System.nanoTime() - end > 0) {
          return false;
        }
        clock.advance(Duration.ofMillis(200));
        LockSupport.parkNanos(2_000_000);
      }
      return true;
    }

    private static WorkerConfig config() {
      return WorkerConfig.builder()
          .consumerName("one")
          .forwarding(
              ForwardSettings.DEFAULTS
                  .withAllow(List.of("127.0.0.1"))
                  .withCircuitDelay(Duration.ofMillis(20)))
          .blockTimeout(Duration.ofMillis(2))
          .shutdownTimeout(Duration.ofSeconds(1))
          .visibilityTimeout(Duration.ofSeconds(10))
          .maintenanceInterval(Duration.ofMillis(100))
          .retryPolicy(
              RetryPolicy.defaults()
                  .withMaxRetries(3)
                  .withIntervals(Duration.ofSeconds(1), Duration.ofSeconds(1)))
          .build();
    }
  }
}
