package dev.webhookworker.metrics;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.port.StreamDepth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * What waits and what runs. The figures are those of the last round of housekeeping: a scrape asks
 * neither Redis nor PostgreSQL.
 */
final class QueueMeters implements MeterBinder {

  private final Worker worker;

  QueueMeters(Worker worker) {
    this.worker = worker;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    depth(registry, "webhook.queue.depth", "Events to be worked off now", StreamDepth::total);
    depth(registry, "webhook.queue.lag", "Entries not yet given to a worker", StreamDepth::lag);
    depth(registry, "webhook.queue.pending", "Entries given to a worker", StreamDepth::pending);
    depth(registry, "webhook.retries.due", "Retries whose time has come", StreamDepth::retriesDue);
    depth(
        registry,
        "webhook.retries.waiting",
        "Retries whose time is still to come, or that run",
        StreamDepth::retriesWaiting);
    depth(registry, "webhook.dlq.open", "Open dead letters", StreamDepth::deadLetters);
    Gauge.builder(
            "webhook.queue.oldest.age",
            worker,
            one ->
                one.depth()
                    .map(found -> found.oldestWaiting().toMillis() / 1000.0)
                    .orElse(Double.NaN))
        .description("Age of the oldest entry that is not settled")
        .baseUnit("seconds")
        .register(registry);
    stats(registry, "webhook.events.held", "Events received and not settled", WorkerStats::held);
    stats(registry, "webhook.handlers.active", "Handlers that run now", WorkerStats::active);
    stats(
        registry,
        "webhook.handlers.stuck",
        "Handlers that ignored their interrupt",
        WorkerStats::stuckHandlers);
  }

  private void depth(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<StreamDepth> figure) {
    Gauge.builder(name, worker, one -> one.depth().map(figure::applyAsDouble).orElse(Double.NaN))
        .description(description)
        .register(registry);
  }

  private void stats(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<WorkerStats> figure) {
    Gauge.builder(name, worker, one -> figure.applyAsDouble(one.stats()))
        .description(description)
        .register(registry);
  }
}
