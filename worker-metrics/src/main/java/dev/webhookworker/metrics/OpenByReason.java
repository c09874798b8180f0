package dev.webhookworker.metrics;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.Worker;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.spi.WorkerListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How many dead letters of each reason are open: counted now and then on the monitor's thread,
 * never at a scrape. Reasons are few: the worker has a fixed set of them. Thread-safe.
 */
final class OpenByReason implements WorkerListener {

  /** Beyond that many causes, the rest counts as {@link EventTypeLabels#OTHER}. */
  private static final int MOST_GROUPS = 200;

  /** Without a table, more than that are not read through every minute. */
  private static final long MOST_IN_QUEUE = 10_000;

  private final MeterRegistry registry;
  private final Map<String, AtomicReference<Double>> open = new ConcurrentHashMap<>();

  OpenByReason(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void deadLettered(String eventType, String reason) {
    of(reason);
  }

  private AtomicReference<Double> of(String reason) {
    return open.computeIfAbsent(
        reason,
        first -> {
          AtomicReference<Double> figure = new AtomicReference<>(Double.NaN);
          WorkerMeter.DLQ_OPEN_BY_REASON.gauge(registry, figure, AtomicReference::get, first);
          return figure;
        });
  }

  void count(Worker worker) {
    Map<String, Long> now = counted(worker);
    if (now != null) {
      now.keySet().forEach(this::of);
    }
    open.forEach(
        (reason, figure) ->
            figure.set(now == null ? Double.NaN : now.getOrDefault(reason, 0L).doubleValue()));
  }

  /** Null while it is not known. */
  private static @Nullable Map<String, Long> counted(Worker worker) {
    long inQueue = worker.depth().map(StreamDepth::deadLetters).orElse(0L);
    if (worker.config().database().isEmpty() && inQueue > MOST_IN_QUEUE) {
      return null;
    }
    try {
      DeadLetters letters = worker.deadLetters();
      List<DeadLetterGroup> groups = letters.groups(DeadLetterFilter.OPEN, MOST_GROUPS);
      Map<String, Long> counts = new HashMap<>();
      groups.forEach(group -> counts.merge(group.sample().reason(), group.count(), Long::sum));
      if (groups.size() == MOST_GROUPS) {
        long named = counts.values().stream().mapToLong(Long::longValue).sum();
        long others = letters.count(DeadLetterFilter.OPEN) - named;
        counts.merge(EventTypeLabels.OTHER, Math.max(0, others), Long::sum);
      }
      return counts;
    } catch (DeadLetters.UnavailableException away) {
      return null;
    }
  }
}
