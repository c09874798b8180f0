package dev.webhookworker.metrics;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.WorkerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what happens to events. Event types come from outside: beyond {@value #MOST_TYPES} they
 * count as {@code other}, and no other text of an event is a label. Thread-safe.
 */
final class EventMeters implements WorkerListener {

  static final int MOST_TYPES = 100;
  static final String OTHER = "other";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(120)
  };

  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, OfType> byType = new ConcurrentHashMap<>();
  private final Counter reclaimed;
  private final Counter vanished;
  private final Counter leasesLost;
  private final Counter dlqRetries;
  private final Counter dlqDrained;
  private final Timer settling;
  private final DistributionSummary settleBatch;

  /** The meters of one event type. */
  private record OfType(
      Counter received,
      Counter processed,
      Counter duplicate,
      Counter dead,
      Counter retries,
      Counter snoozed,
      Timer duration) {}

  EventMeters(MeterRegistry registry) {
    this.registry = registry;
    reclaimed = counter("webhook.events.reclaimed", "Entries taken over from another consumer");
    vanished = counter("webhook.events.vanished", "Pending entries that somebody else trimmed");
    leasesLost = counter("webhook.leases.lost", "Runs whose lease passed to another worker");
    dlqRetries = counter("webhook.dlq.retries", "Retries of dead letters");
    dlqDrained = counter("webhook.dlq.drained", "Dead letters written to the table");
    settling =
        Timer.builder("webhook.settle.duration")
            .description("Time to make a batch of outcomes durable")
            .register(registry);
    settleBatch =
        DistributionSummary.builder("webhook.settle.batch.size")
            .description("Outcomes settled together")
            .register(registry);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private OfType of(String eventType) {
    OfType known = byType.get(eventType);
    return known == null ? first(eventType) : known;
  }

  /** One at a time, so that several threads together don't exceed the limit. */
  private synchronized OfType first(String eventType) {
    String label = byType.size() < MOST_TYPES && !eventType.isEmpty() ? eventType : OTHER;
    return byType.computeIfAbsent(label, this::register);
  }

  private OfType register(String type) {
    return new OfType(
        counter("webhook.events.received", "Events taken in", "event_type", type),
        processed(type, "processed"),
        processed(type, "duplicate"),
        processed(type, "dead_letter"),
        counter("webhook.retry.attempts", "Retries scheduled", "event_type", type),
        counter("webhook.events.snoozed", "Events put off", "event_type", type),
        Timer.builder("webhook.event.processing.duration")
            .description("Time that the handlers of an event took")
            .tags("event_type", type)
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
  }

  private Counter processed(String type, String outcome) {
    return counter(
        "webhook.events.processed",
        "Events that reached an end",
        "event_type",
        type,
        "outcome",
        outcome);
  }

  @Override
  public void received(String eventType, boolean retry) {
    of(eventType).received().increment();
  }

  @Override
  public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
    OfType meters = of(event.eventType());
    meters.processed().increment();
    meters.duration().record(handlerTime);
  }

  @Override
  public void duplicate(String eventType) {
    of(eventType).duplicate().increment();
  }

  @Override
  public void retryScheduled(String eventType, int attempt, Duration delay, Throwable cause) {
    of(eventType).retries().increment();
  }

  @Override
  public void snoozed(String eventType, Duration delay) {
    of(eventType).snoozed().increment();
  }

  @Override
  public void deadLettered(String eventType, String reason) {
    of(eventType).dead().increment();
    counter("webhook.dlq.entries", "Events that became dead letters", "reason", reason).increment();
  }

  @Override
  public void deadLetterRetried(String eventType) {
    dlqRetries.increment();
  }

  @Override
  public void deadLettersDrained(int count) {
    dlqDrained.increment(count);
  }

  @Override
  public void reclaimed(int entries) {
    reclaimed.increment(entries);
  }

  @Override
  public void vanished(int entries) {
    vanished.increment(entries);
  }

  @Override
  public void leaseLost(String eventType) {
    leasesLost.increment();
  }

  @Override
  public void settled(int outcomes, Duration time) {
    settleBatch.record(outcomes);
    settling.record(time);
  }
}
