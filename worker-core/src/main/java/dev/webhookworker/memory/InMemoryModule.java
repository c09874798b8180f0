package dev.webhookworker.memory;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.spi.WorkerModule;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Queue and store in memory, so that a user's unit test runs without any server:
 *
 * <pre>{@code
 * InMemoryModule memory = InMemoryModule.create();
 * try (Worker worker = Worker.builder().install(memory).processor(new Mine()).build()) {
 *   worker.start();
 *   memory.publish("1", "push", "{}");
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. With a clock of the test's own, retries come due when the test moves it; give the
 * same clock to {@code WorkerBuilder.clock}.
 */
public final class InMemoryModule implements WorkerModule {

  private final Clock clock;
  private final InMemoryStore store = new InMemoryStore();
  private volatile InMemoryStream.@Nullable InMemoryQueue queue;

  private InMemoryModule(Clock clock) {
    this.clock = clock;
  }

  /** With the system's clock. */
  public static InMemoryModule create() {
    return create(Clock.systemUTC());
  }

  public static InMemoryModule create(Clock clock) {
    return new InMemoryModule(clock);
  }

  @Override
  public Optional<EventStream> eventStream(WorkerConfig config) {
    return Optional.of(
        new InMemoryStream(
            queue(config.visibilityTimeout(), config.maxDeliveries()), config.consumerName()));
  }

  private synchronized InMemoryStream.InMemoryQueue queue(
      java.time.Duration visibility, int maxDeliveries) {
    InMemoryStream.InMemoryQueue made = queue;
    if (made == null) {
      made = new InMemoryStream.InMemoryQueue(clock, visibility, maxDeliveries);
      queue = made;
    }
    return made;
  }

  private InMemoryStream.InMemoryQueue queue() {
    InMemoryStream.InMemoryQueue made = queue;
    if (made == null) {
      throw new IllegalStateException("build the worker first: it makes the queue");
    }
    return made;
  }

  @Override
  public Optional<EventStore> eventStore(WorkerConfig config) {
    return Optional.of(store);
  }

  /**
   * Adds an event to the queue of the worker that was built with this module.
   *
   * @return the entry id
   */
  public String publish(String eventId, String eventType, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("event_id", eventId);
    fields.put("event_type", eventType);
    fields.put("payload", payload);
    return publish(fields);
  }

  /** Adds an entry with any fields; see {@link WebhookEvent} for the names. */
  public String publish(Map<String, String> fields) {
    return queue().add(EntryFields.of(fields));
  }

  /** A publisher to the queue of the worker that was built with this module. */
  public EventPublisher publisher() {
    return new EventPublisher() {
      @Override
      public String publish(OutgoingEvent event) {
        return InMemoryModule.this.publish(event.fields());
      }

      @Override
      public List<String> publishAll(List<OutgoingEvent> events) {
        return events.stream().map(this::publish).toList();
      }

      @Override
      public void close() {}
    };
  }

  /** Ids of the processed events, in the order in which they were stored. */
  public List<String> processed() {
    return store.eventIds();
  }

  /** The open dead letters, oldest first. */
  public List<InMemoryDeadLetter> deadLetters() {
    return queue().deadLetters();
  }

  /** For tests of what follows when a queue has lost some of its data. */
  void loseDeadLetters() {
    queue().loseDeadLetters();
  }

  /** Whether nothing waits, runs or is to be retried. */
  public boolean isIdle() {
    return queue().isEmpty();
  }
}
