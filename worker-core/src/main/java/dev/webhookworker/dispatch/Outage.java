package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a service is away, how long to wait before the next try, and one log line when it goes
 * and one when it is back. Thread-safe.
 */
final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final long FIRST_DELAY_MILLIS = 50;
  private static final long LONGEST_DELAY_MILLIS = 5_000;

  private final String service;
  private final String consequence;
  private final RandomGenerator random;

  // Guarded by this.
  private int failures;
  private long sinceNanos;
  private @Nullable String problem;

  Outage(String service, String consequence, RandomGenerator random) {
    this.service = service;
    this.consequence = consequence;
    this.random = random;
  }

  /** Notes a failed call; the time to wait before the next one. */
  synchronized Duration failed(Throwable cause) {
    String message = dev.webhookworker.retry.Redaction.messageOf(cause);
    if (problem == null) {
      sinceNanos = System.nanoTime();
      LOG.atWarn()
          .addKeyValue("service", service)
          .addKeyValue("problem", message)
          .addKeyValue("consequence", consequence)
          .log("Lost a service");
    }
    problem = message;
    failures++;
    long bound = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(failures - 1, 10));
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  /** Notes a successful call. */
  void over() {
    if (failures > 0) {
      ended();
    }
  }

  private synchronized void ended() {
    if (problem != null) {
      LOG.atInfo()
          .addKeyValue("service", service)
          .addKeyValue("away_ms", Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis())
          .addKeyValue("failed_calls", failures)
          .log("A service is back");
    }
    problem = null;
    failures = 0;
  }

  synchronized boolean isOn() {
    return problem != null;
  }

  /** What the service's last failed call said; empty when all is well. */
  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
