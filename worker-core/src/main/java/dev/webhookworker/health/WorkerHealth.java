package dev.webhookworker.health;

import dev.webhookworker.DestinationState;
import dev.webhookworker.HealthSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.dispatch.RecentChanges;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.spi.HealthIndicator;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The worker's own components, database, redis, queue, worker and destinations, and the host's.
 * Thread-safe.
 */
public final class WorkerHealth implements AutoCloseable {

  /** Longest time between two turns of a loop that is alive. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(30);

  private final WorkerConfig config;
  private final Engine engine;
  private final Set<String> decidingReadiness;
  private final ToolGates gates;
  private final Supplier<List<String>> failingTasks;
  private final HealthChecks checks;

  /**
   * @param store null when events are not stored: then there is no component {@code database}
   * @param destinations in use
   * @param failingTasks periodic tasks that keep failing, each as a few words
   * @param indicators of the host, see {@link #problemsOf}
   */
  public WorkerHealth(
      WorkerConfig config,
      Engine engine,
      @Nullable EventStore store,
      ToolGates gates,
      Supplier<List<DestinationState>> destinations,
      Supplier<List<String>> failingTasks,
      List<HealthIndicator> indicators,
      Clock clock) {
    this.gates = gates;
    this.failingTasks = failingTasks;
    this.config = config;
    this.engine = engine;
    List<HealthIndicator> all = new ArrayList<>();
    if (store != null) {
      all.add(check("database", true, () -> database(store)));
    }
    all.add(check("redis", true, this::redis));
    all.add(check("queue", false, this::queue));
    all.add(check("worker", true, this::worker));
    all.add(check("destinations", false, () -> DestinationHealth.of(destinations.get())));
    all.addAll(indicators);
    decidingReadiness =
        all.stream()
            .filter(HealthIndicator::decidesReadiness)
            .map(HealthIndicator::name)
            .collect(Collectors.toUnmodifiableSet());
    checks = new HealthChecks(all, clock);
  }

  /** What keeps the host's indicators from being shown, a sentence each. */
  public static List<String> problemsOf(List<HealthIndicator> indicators) {
    List<String> problems = new ArrayList<>();
    Set<String> names =
        new HashSet<>(Set.of("database", "redis", "queue", "worker", "destinations"));
    for (HealthIndicator indicator : indicators) {
      String name = indicator.name();
      if (name.isBlank() || name.length() > 100) {
        problems.add(
            "a health indicator of "
                + indicator.getClass().getName()
                + " has no usable name; name() must return 1 to 100 characters");
      } else if (!names.add(name)) {
        problems.add(
            "two health indicators have the name '" + name + "'; give each its own by name()");
      }
    }
    return problems;
  }

  public HealthReport report() {
    return checks.report();
  }

  /** Ready: the services answer and the worker consumes. */
  HealthReport readiness() {
    return checks.report().only(decidingReadiness);
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
    Optional<String> failing = engine.vitals().keepsFailing();
    if (failing.isPresent()) {
      return ComponentHealth.unhealthy(failing.get() + "; restart the process", details);
    }
    int bearable = config.health().stuckHandlers();
    if (engine.vitals().stuckHandlers() >= (bearable == 0 ? config.maxConcurrent() : bearable)) {
      return ComponentHealth.unhealthy(
          engine.vitals().stuckHandlers()
              + " handlers are stuck, as many as may be (WORKER_HEALTH_STUCK, else"
              + " WORKER_MAX_CONCURRENT); restart the process",
          details);
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
    return engine
        .depth()
        .map(
            depth ->
                QueueHealth.of(
                    depth,
                    engine.recent().change().deadLetterGrowth(),
                    config.queueDepthDegraded(),
                    config.health()))
        .orElseGet(() -> ComponentHealth.healthy("not measured yet", Map.of()));
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
    RecentChanges.Change recent = engine.recent().change();
    details.put("recent_runs", recent.runs());
    details.put("recent_error_rate", Math.round(recent.errorRate() * 1000) / 1000.0);
    details.putAll(LimitedTools.details(gates.states()));
    if (live.status() != HealthStatus.HEALTHY) {
      return new ComponentHealth(live.status(), live.message(), Duration.ZERO, details);
    }
    if (engine.vitals().strayedLately()) {
      return ComponentHealth.unhealthy(
          engine.vitals().strays()
              + " events had to be let go, which is a bug of the worker: see the log, and report"
              + " it. Other workers get them",
          details);
    }
    List<String> tasks = failingTasks.get();
    if (!tasks.isEmpty()) {
      details.put("failing_tasks", tasks);
      return ComponentHealth.degraded(
          "a periodic task keeps failing: " + tasks.get(0) + "; see the log", details);
    }
    if (engine.isPaused()) {
      String message = "paused by command; call resume()";
      return config.health().paused() == HealthSettings.Paused.UNHEALTHY
          ? ComponentHealth.unhealthy(message, details)
          : ComponentHealth.degraded(message, details);
    }
    if (!engine.vitals().consuming()) {
      return ComponentHealth.unhealthy("not consuming: it waits for a service", details);
    }
    if (stats.stuckHandlers() > 0) {
      return ComponentHealth.degraded(
          stats.stuckHandlers() + " handlers ignore their interrupt; see the log", details);
    }
    return failsTooOften(recent)
        ? ComponentHealth.degraded(
            Math.round(recent.errorRate() * 100)
                + " % of the last "
                + recent.runs()
                + " runs failed; the log and DeadLetters.groups say why",
            details)
        : ComponentHealth.healthy("consuming", details);
  }

  private boolean failsTooOften(RecentChanges.Change recent) {
    return recent.runs() >= config.health().leastRuns()
        && recent.errorRate() > config.health().errorRate();
  }

  @Override
  public void close() {
    checks.close();
  }

  private interface Check {
    ComponentHealth run() throws Exception;
  }

  private static HealthIndicator check(String name, boolean readiness, Check check) {
    return new HealthIndicator() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public ComponentHealth check() throws Exception {
        return check.run();
      }

      @Override
      public boolean decidesReadiness() {
        return readiness;
      }
    };
  }
}
