package dev.webhookworker.health;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StreamDepth;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The worker's own components: database, redis, queue, worker. Thread-safe. */
public final class WorkerHealth implements AutoCloseable {

  /** Longest time between two turns of a loop that is alive. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(30);

  private final WorkerConfig config;
  private final Engine engine;
  private final ToolGates gates;
  private final HealthChecks checks;

  /**
   * @param store null when events are not stored: then there is no component {@code database}
   */
  public WorkerHealth(
      WorkerConfig config,
      Engine engine,
      @Nullable EventStore store,
      ToolGates gates,
      Clock clock) {
    this.gates = gates;
    this.config = config;
    this.engine = engine;
    List<HealthCheck> all = new ArrayList<>();
    if (store != null) {
      all.add(check("database", () -> database(store)));
    }
    all.add(check("redis", this::redis));
    all.add(check("queue", this::queue));
    all.add(check("worker", this::worker));
    checks = new HealthChecks(all, clock);
  }

  public HealthReport report() {
    return checks.report();
  }

  /** Ready: the services answer and the worker consumes. */
  HealthReport readiness() {
    return checks.report().only(List.of("database", "redis", "worker"));
  }

  /** Live: the loop turns and no handler thread is lost for good. Asks no service. */
  ComponentHealth liveness() {
    Map<String, Object> details = new LinkedHashMap<>();
    long sinceTurn = engine.vitals().nanosSinceTurn() / 1_000_000;
    details.put("ms_since_turn", sinceTurn);
    details.put("stuck_handlers", engine.vitals().stuckHandlers());
    if (sinceTurn > TURN_LIMIT.toMillis()) {
      return ComponentHealth.unhealthy("the fetch loop does not turn", details);
    }
    if (engine.vitals().platformError().isPresent()) {
      return ComponentHealth.unhealthy(
          "a run ended with " + engine.vitals().platformError().get() + "; restart the process",
          details);
    }
    if (engine.vitals().stuckHandlers() >= config.maxConcurrent()) {
      return ComponentHealth.unhealthy(
          "as many handlers are stuck as may run at once; restart the process", details);
    }
    return ComponentHealth.healthy("the fetch loop turns", details);
  }

  private ComponentHealth database(EventStore store) throws Exception {
    store.ping();
    return engine
        .storeProblem()
        .map(problem -> ComponentHealth.unhealthy(problem, Map.of()))
        .orElseGet(() -> ComponentHealth.healthy("answers", Map.of()));
  }

  private ComponentHealth redis() throws Exception {
    Map<String, Object> details = engine.pingStream();
    return engine
        .streamProblem()
        .map(problem -> ComponentHealth.unhealthy(problem, details))
        .orElseGet(() -> ComponentHealth.healthy("answers", details));
  }

  private ComponentHealth queue() {
    Optional<StreamDepth> known = engine.depth();
    if (known.isEmpty()) {
      return ComponentHealth.healthy("not measured yet", Map.of());
    }
    StreamDepth depth = known.get();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("depth", depth.total());
    details.put("lag", depth.lag());
    details.put("lag_estimated", depth.lagEstimated());
    details.put("pending", depth.pending());
    details.put("retries_due", depth.retriesDue());
    details.put("retries_waiting", depth.retriesWaiting());
    details.put("dead_letters", depth.deadLetters());
    details.put("oldest_waiting_seconds", depth.oldestWaiting().toSeconds());
    return depth.total() > config.queueDepthDegraded()
        ? ComponentHealth.degraded(
            depth.total()
                + " events wait, more than "
                + config.queueDepthDegraded()
                + ": start more replicas or raise WORKER_MAX_CONCURRENT",
            details)
        : ComponentHealth.healthy(depth.total() + " events wait", details);
  }

  private ComponentHealth worker() {
    ComponentHealth live = liveness();
    Map<String, Object> details = new LinkedHashMap<>(live.details());
    WorkerStats stats = engine.stats();
    details.put("processed", stats.processed());
    details.put("duplicates", stats.duplicates());
    details.put("retries_scheduled", stats.retriesScheduled());
    details.put("dead_lettered", stats.deadLettered());
    details.put("held", stats.held());
    details.put("active_handlers", stats.active());
    details.putAll(LimitedTools.details(gates.states()));
    if (live.status() != HealthStatus.HEALTHY) {
      return new ComponentHealth(live.status(), live.message(), Duration.ZERO, details);
    }
    if (engine.isPaused()) {
      return ComponentHealth.degraded("paused by command; call resume()", details);
    }
    if (!engine.vitals().consuming()) {
      return ComponentHealth.unhealthy("not consuming: it waits for a service", details);
    }
    return stats.stuckHandlers() > 0
        ? ComponentHealth.degraded(
            stats.stuckHandlers() + " handlers ignore their interrupt; see the log", details)
        : ComponentHealth.healthy("consuming", details);
  }

  @Override
  public void close() {
    checks.close();
  }

  private interface Check {
    ComponentHealth run() throws Exception;
  }

  private static HealthCheck check(String name, Check check) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public ComponentHealth check() throws Exception {
        return check.run();
      }
    };
  }
}
