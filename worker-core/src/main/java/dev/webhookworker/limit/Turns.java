package dev.webhookworker.limit;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When those that were held back come again: each at the time when its place is expected to be
 * free, one after the other, so that nobody comes in vain. Those for whom that is far away come
 * after some seconds, spread at random, so that a long queue is no hot loop. Thread-safe.
 */
final class Turns {

  /** Longest time between two visits: a place that becomes free unexpectedly is soon found. */
  static final long LONGEST_NANOS = 5_000_000_000L;

  private static final long SHORTEST_NANOS = 20_000_000L;

  // Guarded by this: the last turn that was promised, as System.nanoTime().
  private long promised = System.nanoTime();

  /**
   * @param intervalNanos time in which one place becomes free
   */
  synchronized Duration next(long intervalNanos) {
    long now = System.nanoTime();
    long turn = (promised - now > 0 ? promised : now) + Math.max(1, intervalNanos);
    if (turn - now > LONGEST_NANOS) {
      return later();
    }
    promised = turn;
    return Duration.ofNanos(Math.max(SHORTEST_NANOS, turn - now));
  }

  /** In half to all of the longest time. */
  static Duration later() {
    return Duration.ofNanos(
        LONGEST_NANOS / 2 + ThreadLocalRandom.current().nextLong(LONGEST_NANOS / 2));
  }
}
