package dev.webhookworker.metrics;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.WorkerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts what happens to events. Thread-safe. */
final class EventMeters implements WorkerListener {

  private static final String POISON = "poison";

  private final MeterRegistry registry;
  private final EventTypeLabels<OfType> byType;
  private final Counter reclaimed;
  private final Counter vanished;
  private final Counter leasesLost;
  private final Counter poison;
  private final Counter dlqRetries;
  private final Counter dlqDrained;
  private final Timer settling;
  private final DistributionSummary settleBatch;
  private final DistributionSummary payloads;

  /** The meters of one event type. */
  private record OfType(
      Counter received,
      Counter processed,
      Counter duplicate,
      Counter stale,
      Counter dead,
      Counter retries,
      Counter snoozed,
      Timer duration) {}

  EventMeters(MeterRegistry registry) {
    this.registry = registry;
    byType = new EventTypeLabels<>(this::register);
    reclaimed = WorkerMeter.RECLAIMED.counter(registry);
    vanished = WorkerMeter.VANISHED.counter(registry);
    leasesLost = WorkerMeter.LEASES_LOST.counter(registry);
    poison = WorkerMeter.POISON.counter(registry);
    dlqRetries = WorkerMeter.DLQ_RETRIES.counter(registry);
    WorkerMeter.PUBLISHED.counter(registry);
    dlqDrained = WorkerMeter.DLQ_DRAINED.counter(registry);
    settling = WorkerMeter.SETTLE_TIME.timer(registry);
    settleBatch = WorkerMeter.SETTLE_BATCH.summary(registry);
    payloads = WorkerMeter.PAYLOAD.summary(registry);
  }

  private OfType register(String type) {
    return new OfType(
        WorkerMeter.EVENTS_RECEIVED.counter(registry, type),
        WorkerMeter.EVENTS_PROCESSED.counter(registry, type, "processed"),
        WorkerMeter.EVENTS_PROCESSED.counter(registry, type, "duplicate"),
        WorkerMeter.EVENTS_PROCESSED.counter(registry, type, "stale"),
        WorkerMeter.EVENTS_PROCESSED.counter(registry, type, "dead_letter"),
        WorkerMeter.RETRIES.counter(registry, type),
        WorkerMeter.SNOOZED.counter(registry, type),
        WorkerMeter.PROCESSING.timer(registry, type));
  }

  @Override
  public void received(String eventType, boolean retry) {
    byType.of(eventType).received().increment();
  }

  @Override
  public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
    OfType meters = byType.of(event.eventType());
    meters.processed().increment();
    meters.duration().record(handlerTime);
    payloads.record(event.payloadSize());
  }

  @Override
  public void duplicate(String eventType) {
    byType.of(eventType).duplicate().increment();
  }

  @Override
  public void stale(String eventType, String toolId) {
    byType.of(eventType).stale().increment();
  }

  @Override
  public void retryScheduled(String eventType, int attempt, Duration delay, Throwable cause) {
    byType.of(eventType).retries().increment();
  }

  @Override
  public void snoozed(String eventType, Duration delay) {
    byType.of(eventType).snoozed().increment();
  }

  @Override
  public void deadLettered(String eventType, String reason) {
    byType.of(eventType).dead().increment();
    WorkerMeter.DLQ_ENTRIES.counter(registry, reason).increment();
    if (reason.equals(POISON)) {
      poison.increment();
    }
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
  public void requestAnswered(int status) {
    WorkerMeter.INGEST.counter(registry, Integer.toString(status)).increment();
  }

  @Override
  public void settled(int outcomes, Duration time) {
    settleBatch.record(outcomes);
    settling.record(time);
  }
}
