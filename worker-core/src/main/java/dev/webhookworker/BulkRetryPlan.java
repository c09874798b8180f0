package dev.webhookworker;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many dead letters are retried how fast.
 *
 * @param cap most to retry; the rest stays open
 * @param perSecond most a second
 * @param canary first 1, then 10, then the rest, and an end when one fails again
 * @param canaryPatience how long a canary is waited for; when it has not ended by then, nothing
 *     more is retried
 * @param startedAt null for a new one; {@link BulkRetryProgress#startedAt()} to go on with one that
 *     was interrupted: what has failed again since then is left alone
 */
public record BulkRetryPlan(
    int cap, int perSecond, boolean canary, Duration canaryPatience, @Nullable Instant startedAt) {

  /** As a canary, 100 a second, at most 10,000; each canary may take a minute. */
  public static final BulkRetryPlan CAREFUL =
      new BulkRetryPlan(10_000, 100, true, Duration.ofMinutes(1), null);

  /**
   * @throws IllegalArgumentException when a number is below 1
   */
  public BulkRetryPlan {
    if (cap < 1 || perSecond < 1) {
      throw new IllegalArgumentException(
          "cap is " + cap + " and perSecond " + perSecond + "; both must be at least 1");
    }
  }

  public BulkRetryPlan withCap(int most) {
    return new BulkRetryPlan(most, perSecond, canary, canaryPatience, startedAt);
  }

  public BulkRetryPlan withPerSecond(int most) {
    return new BulkRetryPlan(cap, most, canary, canaryPatience, startedAt);
  }

  /** All at once instead of 1, 10, the rest. */
  public BulkRetryPlan withoutCanary() {
    return new BulkRetryPlan(cap, perSecond, false, canaryPatience, startedAt);
  }

  public BulkRetryPlan withCanaryPatience(Duration patience) {
    return new BulkRetryPlan(cap, perSecond, canary, patience, startedAt);
  }

  /** Goes on with a retry that was interrupted. */
  public BulkRetryPlan resuming(Instant start) {
    return new BulkRetryPlan(cap, perSecond, canary, canaryPatience, start);
  }
}
