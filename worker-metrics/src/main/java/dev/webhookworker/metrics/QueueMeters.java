package dev.webhookworker.metrics;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.port.PoolFigures;
import dev.webhookworker.port.StreamDepth;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * What waits, what runs, and the pools. The figures are those of the last round of housekeeping: a
 * scrape asks neither Redis nor PostgreSQL. What is not known is NaN.
 */
final class QueueMeters implements MeterBinder {

  private final Worker worker;

  QueueMeters(Worker worker) {
    this.worker = worker;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    depth(registry, WorkerMeter.DEPTH, StreamDepth::total);
    depth(registry, WorkerMeter.LAG, StreamDepth::lag);
    depth(registry, WorkerMeter.STREAM_LENGTH, StreamDepth::streamLength);
    depth(registry, WorkerMeter.STREAM_KEPT, StreamDepth::kept);
    depth(registry, WorkerMeter.PENDING, StreamDepth::pending);
    depth(registry, WorkerMeter.OLDEST, depth -> depth.oldestWaiting().toMillis() / 1000.0);
    depth(registry, WorkerMeter.RETRIES_DUE, StreamDepth::retriesDue);
    depth(registry, WorkerMeter.RETRIES_WAITING, StreamDepth::retriesWaiting);
    depth(registry, WorkerMeter.DLQ_OPEN, StreamDepth::deadLetters);
    depth(registry, WorkerMeter.DLQ_UNREADABLE, StreamDepth::unreadable);
    stats(registry, WorkerMeter.HELD, WorkerStats::held);
    stats(registry, WorkerMeter.ACTIVE, WorkerStats::active);
    stats(registry, WorkerMeter.STUCK, WorkerStats::stuckHandlers);
    WorkerMeter.SLOTS.gauge(registry, worker, one -> one.config().maxConcurrent());
    for (String pool : new String[] {"redis", "database"}) {
      pool(registry, WorkerMeter.POOL_CONNECTIONS, PoolFigures::active, pool, "active");
      pool(registry, WorkerMeter.POOL_CONNECTIONS, PoolFigures::idle, pool, "idle");
      pool(registry, WorkerMeter.POOL_WAITING, PoolFigures::waiting, pool);
      pool(registry, WorkerMeter.POOL_MAX, PoolFigures::max, pool);
    }
  }

  private void depth(
      MeterRegistry registry, WorkerMeter meter, ToDoubleFunction<StreamDepth> figure) {
    meter.gauge(registry, worker, one -> one.depth().map(figure::applyAsDouble).orElse(Double.NaN));
  }

  private void stats(
      MeterRegistry registry, WorkerMeter meter, ToDoubleFunction<WorkerStats> figure) {
    meter.gauge(registry, worker, one -> figure.applyAsDouble(one.stats()));
  }

  /**
   * @param labels the pool's name first
   */
  private void pool(
      MeterRegistry registry,
      WorkerMeter meter,
      ToDoubleFunction<PoolFigures> figure,
      String... labels) {
    meter.gauge(
        registry,
        worker,
        one ->
            one.connectionPools().stream()
                .filter(pool -> pool.name().equals(labels[0]))
                .mapToDouble(figure)
                .findFirst()
                .orElse(Double.NaN),
        labels);
  }
}
