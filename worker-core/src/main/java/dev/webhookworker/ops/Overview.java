package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.health.HealthReport;
import dev.webhookworker.port.ConsumerState;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How it is: figures of this worker, of the queue, and of the replicas. Thread-safe. */
final class Overview {

  private static final long KEPT_NANOS = Duration.ofSeconds(2).toNanos();

  private final OpsParts parts;

  // Guarded by this.
  private @Nullable Replicas replicas;

  /**
   * What the group's consumers were at some time.
   *
   * @param problem why they could not be told; null when they could
   */
  private record Replicas(long atNanos, List<ConsumerState> consumers, @Nullable String problem) {}

  Overview(OpsParts parts) {
    this.parts = parts;
  }

  ObjectNode now() {
    ObjectNode all = Answer.object();
    all.put("at", parts.clock().instant().toString());
    all.put("consumer", parts.stream().consumerName());
    all.put("group", parts.config().groupName());
    all.put("stream", parts.config().streamName());
    addHealth(parts.health().report(), all);
    all.set("worker", worker());
    addActivity(all);
    all.set("depth", parts.engine().depth().map(Overview::depth).orElse(null));
    all.set("trend", trend(parts.activity().trend()));
    all.set("replicas", replicas());
    return all;
  }

  private static void addHealth(HealthReport report, ObjectNode all) {
    all.put("status", report.status().code());
    ArrayNode components = all.putArray("components");
    report
        .components()
        .forEach(
            (name, component) ->
                components
                    .addObject()
                    .put("name", name)
                    .put("status", component.status().code())
                    .put("message", component.message())
                    .put("latency_ms", rounded(component.latency().toNanos() / 1e6)));
  }

  ObjectNode worker() {
    WorkerStats stats = parts.engine().stats();
    return Answer.object()
        .put("paused", parts.engine().isPaused())
        .put("consuming", parts.engine().vitals().consuming())
        .put("held", stats.held())
        .put("active", stats.active())
        .put("max_concurrent", parts.config().maxConcurrent())
        .put("stuck_handlers", stats.stuckHandlers())
        .put("processed", stats.processed())
        .put("duplicates", stats.duplicates())
        .put("retries_scheduled", stats.retriesScheduled())
        .put("dead_lettered", stats.deadLettered());
  }

  private void addActivity(ObjectNode all) {
    Activity.Recent recent = parts.activity().recent();
    double seconds = Math.max(1, recent.seconds());
    long runs = recent.processed() + recent.failed();
    all.putObject("recent")
        .put("seconds", Math.round(recent.seconds()))
        .put("processed_per_second", rounded(recent.processed() / seconds))
        .put("failed_per_second", rounded(recent.failed() / seconds))
        .put("error_rate", runs == 0 ? 0 : rounded((double) recent.failed() / runs));
    all.putObject("latency_ms")
        .put("runs", LatencyHistogram.total(recent.times()))
        .put("p50", LatencyHistogram.percentile(recent.times(), 0.5))
        .put("p90", LatencyHistogram.percentile(recent.times(), 0.9))
        .put("p99", LatencyHistogram.percentile(recent.times(), 0.99))
        .put("max", LatencyHistogram.percentile(recent.times(), 1));
  }

  private static ObjectNode depth(StreamDepth depth) {
    ObjectNode figures = Answer.object();
    if (depth.keptBy() != null) {
      figures.put("kept_by", depth.keptBy()).put("kept", depth.kept());
    }
    return figures
        .put("total", depth.total())
        .put("lag", depth.lag())
        .put("lag_estimated", depth.lagEstimated())
        .put("pending", depth.pending())
        .put("retries_due", depth.retriesDue())
        .put("retries_waiting", depth.retriesWaiting())
        .put("dead_letters", depth.deadLetters())
        .put("oldest_waiting_seconds", depth.oldestWaiting().toSeconds())
        .put("stream_length", depth.streamLength());
  }

  private static ObjectNode trend(List<Activity.Point> points) {
    ObjectNode trend = Answer.object();
    trend.put("interval_seconds", Activity.INTERVAL.toSeconds());
    ArrayNode at = trend.putArray("at");
    ArrayNode processed = trend.putArray("processed_per_second");
    ArrayNode failed = trend.putArray("failed_per_second");
    ArrayNode depth = trend.putArray("depth");
    for (Activity.Point point : points) {
      at.add(point.at().getEpochSecond());
      processed.add(rounded(point.processed()));
      failed.add(rounded(point.failed()));
      depth.add(point.depth());
    }
    return trend;
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private ObjectNode replicas() {
    Replicas known = current();
    ObjectNode all = Answer.object();
    all.put("problem", known.problem());
    ArrayNode consumers = all.putArray("consumers");
    String own = parts.stream().consumerName();
    for (ConsumerState one : known.consumers()) {
      consumers
          .addObject()
          .put("name", one.name())
          .put("this_replica", one.name().equals(own))
          .put("alive", one.alive())
          .put("pending", one.pending())
          .put("idle_ms", one.idle().toMillis());
    }
    return all;
  }

  /** Asked at most every two seconds, however many look. */
  private synchronized Replicas current() {
    Replicas known = replicas;
    long now = System.nanoTime();
    if (known == null || now - known.atNanos() > KEPT_NANOS) {
      known = asked(now);
      replicas = known;
    }
    return known;
  }

  private Replicas asked(long now) {
    try {
      return new Replicas(now, parts.stream().consumers(), null);
    } catch (StreamUnavailableException away) {
      return new Replicas(now, List.of(), "the event stream does not answer");
    }
  }
}
