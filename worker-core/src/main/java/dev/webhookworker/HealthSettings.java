package dev.webhookworker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * From when on health complains, beside {@link WorkerConfig#queueDepthDegraded()}.
 *
 * @param oldestWaiting age of the oldest event that is not settled above which the queue is
 *     degraded, 10 min by default: longer than a handler may take (WORKER_HEALTH_OLDEST_WAITING)
 * @param deadLetterGrowth open dead letters more than at the window's beginning above which the
 *     queue is degraded, 100 by default (WORKER_HEALTH_DLQ_GROWTH)
 * @param errorRate share of this worker's runs that failed within the window above which the worker
 *     is degraded, 0 to 1, 0.05 by default (WORKER_HEALTH_ERROR_RATE)
 * @param leastRuns runs within the window below which no error rate is judged, 20 by default
 *     (WORKER_HEALTH_LEAST_RUNS)
 * @param window what growth and error rate look back on, 5 min by default (WORKER_HEALTH_WINDOW)
 * @param stuckHandlers handlers that ignore their interrupt from which on the worker is unhealthy
 *     and no longer live; 0, the default, for as many as may run at once (WORKER_HEALTH_STUCK)
 * @param paused how a worker is that was paused by command, degraded by default
 *     (WORKER_HEALTH_PAUSED)
 */
public record HealthSettings(
    Duration oldestWaiting,
    int deadLetterGrowth,
    double errorRate,
    int leastRuns,
    Duration window,
    int stuckHandlers,
    Paused paused) {

  /** How a paused worker is. */
  public enum Paused {
    /** Shown, and still ready. */
    DEGRADED,
    /** Not ready: for hosts that route work by readiness. */
    UNHEALTHY
  }

  private static final Duration LONGEST_WINDOW = Duration.ofHours(24);

  public static final HealthSettings DEFAULTS =
      new HealthSettings(
          Duration.ofMinutes(10), 100, 0.05, 20, Duration.ofMinutes(5), 0, Paused.DEGRADED);

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  public HealthSettings {
    List<String> problems = new ArrayList<>();
    if (oldestWaiting.isNegative() || oldestWaiting.isZero()) {
      problems.add("oldestWaiting (WORKER_HEALTH_OLDEST_WAITING) must be longer than 0s");
    }
    if (deadLetterGrowth < 0 || leastRuns < 1 || stuckHandlers < 0) {
      problems.add(
          "deadLetterGrowth (WORKER_HEALTH_DLQ_GROWTH) and stuckHandlers (WORKER_HEALTH_STUCK)"
              + " must be 0 or more, leastRuns (WORKER_HEALTH_LEAST_RUNS) at least 1");
    }
    if (!(errorRate >= 0 && errorRate <= 1)) {
      problems.add(
          "errorRate (WORKER_HEALTH_ERROR_RATE) is " + errorRate + "; it must be from 0 to 1");
    }
    if (window.toMillis() < 100 || window.compareTo(LONGEST_WINDOW) > 0) {
      problems.add("window (WORKER_HEALTH_WINDOW) must be from 100ms to 24h");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  public HealthSettings withOldestWaiting(Duration age) {
    return new HealthSettings(
        age, deadLetterGrowth, errorRate, leastRuns, window, stuckHandlers, paused);
  }

  public HealthSettings withDeadLetterGrowth(int most) {
    return new HealthSettings(
        oldestWaiting, most, errorRate, leastRuns, window, stuckHandlers, paused);
  }

  public HealthSettings withErrorRate(double most, int leastRunsJudged) {
    return new HealthSettings(
        oldestWaiting, deadLetterGrowth, most, leastRunsJudged, window, stuckHandlers, paused);
  }

  public HealthSettings withWindow(Duration time) {
    return new HealthSettings(
        oldestWaiting, deadLetterGrowth, errorRate, leastRuns, time, stuckHandlers, paused);
  }

  public HealthSettings withStuckHandlers(int most) {
    return new HealthSettings(
        oldestWaiting, deadLetterGrowth, errorRate, leastRuns, window, most, paused);
  }

  public HealthSettings withPaused(Paused how) {
    return new HealthSettings(
        oldestWaiting, deadLetterGrowth, errorRate, leastRuns, window, stuckHandlers, how);
  }
}
