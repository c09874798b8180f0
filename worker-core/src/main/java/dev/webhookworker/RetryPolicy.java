package dev.webhookworker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How often and when a failed event is tried again. Immutable.
 *
 * @param maxRetries tries after the first; 5 by default, 0 for none
 * @param initialInterval delay before the first retry; 1 s by default
 * @param maxInterval longest delay; 5 min by default
 * @param multiplier growth from one delay to the next; 2.0 by default
 * @param maxElapsedTime no retry is begun later than this after the first failure; 30 min by
 *     default
 * @param fullJitter whether a delay is drawn evenly between zero and its computed value, so that
 *     failures of one moment don't return in one moment; true by default
 * @param retryAfterLimit longest {@code Retry-After} that is followed; 1 h by default
 */
public record RetryPolicy(
    int maxRetries,
    Duration initialInterval,
    Duration maxInterval,
    double multiplier,
    Duration maxElapsedTime,
    boolean fullJitter,
    Duration retryAfterLimit) {

  /** Whatever the intervals say, no retry waits longer. */
  private static final double LONGEST_DELAY_MILLIS = Duration.ofDays(365).toMillis();

  private static final RetryPolicy DEFAULTS =
      new RetryPolicy(
          5,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          2.0,
          Duration.ofMinutes(30),
          true,
          Duration.ofHours(1));

  /**
   * @throws ConfigurationException when a value is out of its range
   */
  public RetryPolicy {
    List<String> problems = new ArrayList<>();
    if (maxRetries < 0) {
      problems.add("maxRetries (WORKER_MAX_RETRIES) is " + maxRetries + "; it must be 0 or more");
    }
    positive(problems, "initialInterval (WORKER_RETRY_INITIAL_INTERVAL)", initialInterval);
    positive(problems, "maxInterval (WORKER_RETRY_MAX_INTERVAL)", maxInterval);
    positive(problems, "maxElapsedTime (WORKER_RETRY_MAX_ELAPSED_TIME)", maxElapsedTime);
    positive(problems, "retryAfterLimit (WORKER_RETRY_AFTER_LIMIT)", retryAfterLimit);
    if (!(multiplier >= 1.0 && multiplier <= 100.0)) {
      problems.add(
          "multiplier (WORKER_RETRY_MULTIPLIER) is " + multiplier + "; it must be from 1 to 100");
    }
    if (maxInterval.compareTo(initialInterval) < 0) {
      problems.add(
          "maxInterval (WORKER_RETRY_MAX_INTERVAL) is "
              + maxInterval
              + "; it must not be shorter than initialInterval, "
              + initialInterval);
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  public static RetryPolicy defaults() {
    return DEFAULTS;
  }

  /** One try and no more. */
  public static RetryPolicy none() {
    return DEFAULTS.withMaxRetries(0);
  }

  public RetryPolicy withMaxRetries(int retries) {
    return new RetryPolicy(
        retries,
        initialInterval,
        maxInterval,
        multiplier,
        maxElapsedTime,
        fullJitter,
        retryAfterLimit);
  }

  public RetryPolicy withIntervals(Duration initial, Duration max) {
    return new RetryPolicy(
        maxRetries, initial, max, multiplier, maxElapsedTime, fullJitter, retryAfterLimit);
  }

  public RetryPolicy withMultiplier(double growth) {
    return new RetryPolicy(
        maxRetries,
        initialInterval,
        maxInterval,
        growth,
        maxElapsedTime,
        fullJitter,
        retryAfterLimit);
  }

  public RetryPolicy withMaxElapsedTime(Duration elapsed) {
    return new RetryPolicy(
        maxRetries, initialInterval, maxInterval, multiplier, elapsed, fullJitter, retryAfterLimit);
  }

  public RetryPolicy withFullJitter(boolean jitter) {
    return new RetryPolicy(
        maxRetries,
        initialInterval,
        maxInterval,
        multiplier,
        maxElapsedTime,
        jitter,
        retryAfterLimit);
  }

  public RetryPolicy withRetryAfterLimit(Duration limit) {
    return new RetryPolicy(
        maxRetries, initialInterval, maxInterval, multiplier, maxElapsedTime, fullJitter, limit);
  }

  /**
   * The delay before the retry that follows a failed attempt.
   *
   * @param failedAttempt number of the attempt that failed, from 1
   * @param random source of the jitter
   */
  public Duration delay(int failedAttempt, RandomGenerator random) {
    double wanted = millis(initialInterval) * Math.pow(multiplier, failedAttempt - 1.0);
    double bounded = Math.min(Math.min(wanted, millis(maxInterval)), LONGEST_DELAY_MILLIS);
    return Duration.ofMillis(Math.round(fullJitter ? bounded * random.nextDouble() : bounded));
  }

  /** Without the overflow that {@link Duration#toMillis} answers very long ones with. */
  private static double millis(Duration time) {
    return time.toSeconds() * 1000.0 + time.toMillisPart();
  }

  private static void positive(List<String> problems, String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      problems.add(name + " is " + value + "; it must be longer than 0");
    }
  }
}
