package dev.webhookworker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the worker does with dead letters by itself.
 *
 * @param drainInterval time between two looks for new dead letters to be written to the table, 1 s
 *     by default (WORKER_DLQ_DRAIN_INTERVAL)
 * @param lease how long the worker that has the role may be silent before another takes it, 15 s by
 *     default (WORKER_DLQ_LEASE)
 * @param retryInterval time between two rounds of retries, 1 min by default
 *     (WORKER_DLQ_RETRY_INTERVAL)
 * @param minAge age of a dead letter before its first retry, 5 min by default (WORKER_DLQ_MIN_AGE)
 * @param spacing growth of that age from one retry to the next, 2 by default (WORKER_DLQ_SPACING)
 * @param maxRetries retries of one dead letter by the worker, 3 by default, 0 for none; then it is
 *     {@code failed} (WORKER_DLQ_MAX_RETRIES)
 * @param batchSize retries of one round, 10 by default (WORKER_DLQ_BATCH_SIZE)
 * @param warnAfter retries of one dead letter, whoever did them, from which on each is warned
 *     about, 10 by default (WORKER_DLQ_WARN_AFTER)
 */
public record DlqSettings(
    Duration drainInterval,
    Duration lease,
    Duration retryInterval,
    Duration minAge,
    double spacing,
    int maxRetries,
    int batchSize,
    int warnAfter) {

  public static final DlqSettings DEFAULTS =
      new DlqSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          2.0,
          3,
          10,
          10);

  private static final Duration LONGEST_AGE = Duration.ofDays(7);

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  public DlqSettings {
    List<String> problems = new ArrayList<>();
    positive(problems, "drainInterval (WORKER_DLQ_DRAIN_INTERVAL)", drainInterval);
    positive(problems, "lease (WORKER_DLQ_LEASE)", lease);
    positive(problems, "retryInterval (WORKER_DLQ_RETRY_INTERVAL)", retryInterval);
    if (minAge.isNegative()) {
      problems.add("minAge (WORKER_DLQ_MIN_AGE) must not be negative");
    }
    if (!(spacing >= 1 && spacing <= 100)) {
      problems.add("spacing (WORKER_DLQ_SPACING) is " + spacing + "; it must be from 1 to 100");
    }
    if (maxRetries < 0 || batchSize < 1 || batchSize > 1000 || warnAfter < 1) {
      problems.add(
          "maxRetries (WORKER_DLQ_MAX_RETRIES) must be 0 or more, batchSize (WORKER_DLQ_BATCH_SIZE)"
              + " 1 to 1000, warnAfter (WORKER_DLQ_WARN_AFTER) at least 1");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static void positive(List<String> problems, String name, Duration value) {
    if (value.toMillis() < 10) {
      problems.add(name + " must be at least 10ms");
    }
  }

  public DlqSettings withIntervals(Duration drain, Duration leaseTime, Duration retries) {
    return new DlqSettings(
        drain, leaseTime, retries, minAge, spacing, maxRetries, batchSize, warnAfter);
  }

  public DlqSettings withRetries(Duration age, double growth, int most, int batch) {
    return new DlqSettings(
        drainInterval, lease, retryInterval, age, growth, most, batch, warnAfter);
  }

  public DlqSettings withWarnAfter(int retries) {
    return new DlqSettings(
        drainInterval, lease, retryInterval, minAge, spacing, maxRetries, batchSize, retries);
  }

  /** How old a dead letter has to be for its next retry by the worker, at most a week. */
  public Duration ageForRetry(int retriesBefore) {
    double millis = minAge.toMillis() * Math.pow(spacing, retriesBefore);
    return millis > LONGEST_AGE.toMillis() ? LONGEST_AGE : Duration.ofMillis((long) millis);
  }

  /** Whether the worker's own retries are used up. */
  public boolean usedUp(int retries) {
    return retries >= maxRetries && retries > 0;
  }
}
