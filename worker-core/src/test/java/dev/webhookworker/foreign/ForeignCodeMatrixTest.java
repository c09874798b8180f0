package dev.webhookworker.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.MovableClock;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.health.ComponentHealth;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.ErrorClassifier;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.HealthIndicator;
import dev.webhookworker.spi.ProcessingContext;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.Tracing;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.spi.WorkerModule;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every place where code that is not ours is called, times everything that it can throw: one event
 * for each pair, all in one worker. Whatever is thrown, each event ends once, as processed or as a
 * dead letter, and the worker stays live.
 */
class ForeignCodeMatrixTest {

  /** A place, and how an event ends whose code throws there at each run. */
  private enum Place {
    PROCESS(true),
    SUPPORTS(true),
    TIMEOUT(true),
    RETRY_POLICY(true),
    INTERCEPTOR(true),
    INTERCEPTOR_AFTERWARDS(true),
    EXTRACTOR(true),
    CLASSIFIER(true),
    LISTENER(false),
    TRACING_BEGIN(false),
    TRACING_END(false),
    TRACING_STORING(false),
    TRACING_SETTLED(false);

    private final boolean fails;

    Place(boolean fails) {
      this.fails = fails;
    }
  }

  private final MovableClock clock = new MovableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryModule memory = InMemoryModule.create(clock);
  private final Map<String, Throwable> throwables = EveryThrowable.all();

  // What the run on this thread throws where; set by the extractor, which comes first.
  private static final ThreadLocal<WebhookEvent> CURRENT = new ThreadLocal<>();

  private void throwAt(Place place, WebhookEvent event) {
    if (event != null
        && event.eventType().equals(place.name().toLowerCase(java.util.Locale.ROOT))) {
      throw EveryThrowable.sneak(throwables.get(event.payload().path("thrown").asText()));
    }
  }

  @Test
  void whateverIsThrownWhereverEachEventEndsOnceAndTheWorkerStaysLive() throws Exception {
    Set<String> shouldFail = new HashSet<>();
    Set<String> shouldPass = new HashSet<>();
    try (Worker worker = worker()) {
      worker.start();
      for (Place place : Place.values()) {
        for (String thrown : throwables.keySet()) {
          String id = place + " " + thrown;
          (place.fails ? shouldFail : shouldPass).add(id);
          memory.publish(
              Map.of(
                  "event_id",
                  id,
                  "event_type",
                  place.name().toLowerCase(java.util.Locale.ROOT),
                  "payload",
                  "{\"thrown\":\"" + thrown + "\"}"));
        }
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(2));
                return memory.isIdle();
              });
      assertThat(worker.health().components().get("worker").message()).isEqualTo("consuming");
      memory.publish("after all that", "plain", "{}");
      await().until(memory::isIdle);
    }
    List<String> processed = memory.processed();
    List<String> dead =
        memory.deadLetters().stream()
            .map(letter -> letter.field("event_id"))
            .collect(Collectors.toList());
    assertThat(throwables).as("kinds of throwables").hasSizeGreaterThan(100);
    assertThat(processed).doesNotHaveDuplicates();
    assertThat(dead).doesNotHaveDuplicates();
    assertThat(dead).containsExactlyInAnyOrderElementsOf(shouldFail);
    shouldPass.add("after all that");
    assertThat(processed).containsExactlyInAnyOrderElementsOf(shouldPass);
    System.out.println(
        "foreign code: "
            + (shouldFail.size() + shouldPass.size() - 1)
            + " pairs of a place and a throwable, 0 broken");
  }

  @Test
  void aHealthIndicatorMayThrowAnything() {
    for (Map.Entry<String, Throwable> thrown : throwables.entrySet()) {
      HealthIndicator broken =
          new HealthIndicator() {
            @Override
            public String name() {
              return "host";
            }

            @Override
            public ComponentHealth check() {
              throw EveryThrowable.sneak(thrown.getValue());
            }
          };
      try (Worker worker =
          Worker.builder()
              .discovery(false)
              .config(config())
              .install(InMemoryModule.create())
              .healthIndicator(broken)
              .build()) {
        assertThat(worker.health().components().get("host").status())
            .as(thrown.getKey())
            .isEqualTo(HealthStatus.UNHEALTHY);
      }
    }
  }

  private static WorkerConfig config() {
    return WorkerConfig.builder()
        .blockTimeout(Duration.ofMillis(5))
        .shutdownTimeout(Duration.ofSeconds(2))
        .retryPolicy(
            RetryPolicy.defaults()
                .withMaxRetries(1)
                .withIntervals(Duration.ofMillis(10), Duration.ofMillis(10)))
        .build();
  }

  private Worker worker() {
    return Worker.builder()
        .discovery(false)
        .clock(clock)
        .config(config())
        .install(memory)
        .install(new TracingModule())
        .toolConfigExtractor(new Extractor())
        .errorClassifier(new Classifier())
        .interceptor(
            (event, context, processing) -> {
              throwAt(Place.INTERCEPTOR, event);
              processing.proceed();
              throwAt(Place.INTERCEPTOR_AFTERWARDS, event);
            })
        .processor(new Processor())
        .listener(listener())
        .build();
  }

  private final class Extractor implements ToolConfigExtractor {
    @Override
    public Optional<ToolConfig> extract(WebhookEvent event) {
      CURRENT.set(event);
      throwAt(Place.EXTRACTOR, event);
      return Optional.empty();
    }
  }

  private final class Classifier implements ErrorClassifier {
    @Override
    public Verdict classify(Throwable error) {
      throwAt(Place.CLASSIFIER, CURRENT.get());
      return Verdict.UNKNOWN;
    }
  }

  private final class Processor implements EventProcessor {

    @Override
    public boolean supports(WebhookEvent event) {
      throwAt(Place.SUPPORTS, event);
      return true;
    }

    @Override
    public Optional<Duration> timeout() {
      throwAt(Place.TIMEOUT, CURRENT.get());
      return Optional.empty();
    }

    @Override
    public Optional<RetryPolicy> retryPolicy() {
      throwAt(Place.RETRY_POLICY, CURRENT.get());
      return Optional.empty();
    }

    @Override
    public void process(WebhookEvent event, ProcessingContext context) throws Exception {
      throwAt(Place.PROCESS, event);
      if (event.eventType().equals("classifier")) {
        throw new IOException("to be classified");
      }
    }
  }

  /** Throws at each fact about an event whose throwable it knows, whichever the fact is. */
  private WorkerListener listener() {
    List<Throwable> turns = new ArrayList<>(throwables.values());
    Map<String, Integer> next = new ConcurrentHashMap<>();
    return (WorkerListener)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {WorkerListener.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> "a listener that throws at every fact";
                };
              }
              throw turns.get(next.merge(method.getName(), 1, Integer::sum) % turns.size());
            });
  }

  private final class TracingModule implements WorkerModule {
    @Override
    public Optional<Tracing> tracing(WorkerConfig config) {
      return Optional.of(
          new Tracing() {
            @Override
            public RunTrace receive(WebhookEvent event, int attempt) {
              throwAt(Place.TRACING_BEGIN, event);
              return new Trace(event);
            }
          });
    }
  }

  private final class Trace implements Tracing.RunTrace {
    private final WebhookEvent event;

    Trace(WebhookEvent event) {
      this.event = event;
    }

    @Override
    public void ran(String outcome, Optional<Throwable> failure) {
      throwAt(Place.TRACING_END, event);
    }

    @Override
    public void storing() {
      throwAt(Place.TRACING_STORING, event);
    }

    @Override
    public Tracing.Telling settled() {
      throwAt(Place.TRACING_SETTLED, event);
      return () -> throwAt(Place.TRACING_SETTLED, event);
    }
  }
}
