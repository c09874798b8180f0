package dev.webhookworker.dispatch;

import dev.webhookworker.retry.Redaction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a service is away, how long to wait before the next try, and one log line when it goes
 * and one when it is back.
 *
 * <p>A service is away as long as there is a step that it refused and has not done since: that
 * another step succeeds proves nothing (reads work while writes are refused). Whoever was refused a
 * step tries it again, or says that it is not owed any more. Thread-safe.
 */
final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final long FIRST_DELAY_MILLIS = 50;
  private static final long LONGEST_DELAY_MILLIS = 5_000;

  private final String service;
  private final String consequence;
  private final RandomGenerator random;

  // Guarded by this: the steps that are refused, each with its failures in a row.
  private final Map<String, Integer> refused = new LinkedHashMap<>();
  private int failures;
  private long sinceNanos;

  // Written under the lock.
  private volatile @Nullable String problem;

  Outage(String service, String consequence, RandomGenerator random) {
    this.service = service;
    this.consequence = consequence;
    this.random = random;
  }

  /**
   * Notes that a step was refused.
   *
   * @return the time to wait before it is tried again; grows with each failure of this step
   */
  synchronized Duration failed(String step, Throwable cause) {
    String message = Redaction.messageOf(cause);
    if (problem == null) {
      sinceNanos = System.nanoTime();
      LOG.atWarn()
          .addKeyValue("service", service)
          .addKeyValue("step", step)
          .addKeyValue("problem", message)
          .addKeyValue("consequence", consequence)
          .log("Lost the {}: {}; {}", service, message, consequence);
    }
    problem = message;
    failures++;
    int inARow = refused.merge(step, 1, Integer::sum);
    long bound = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(inARow - 1, 10));
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  /** The step was done, or is not owed any more. */
  void over(String step) {
    if (problem != null) {
      ended(step);
    }
  }

  private synchronized void ended(String step) {
    refused.remove(step);
    if (problem != null && refused.isEmpty()) {
      LOG.atInfo()
          .addKeyValue("service", service)
          .addKeyValue("away_ms", Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis())
          .addKeyValue("failed_calls", failures)
          .log("The {} is back", service);
      problem = null;
      failures = 0;
    }
  }

  boolean isOn() {
    return problem != null;
  }

  /** Whether that step was refused and has not been done since. */
  synchronized boolean isRefused(String step) {
    return refused.containsKey(step);
  }

  /** What the service's last failed call said; empty when all is well. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
