package dev.webhookworker.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When those that were held back come again: each at the time when its place is expected to be
 * free, one after the other, so that nobody comes in vain. Those for whom that is far away get no
 * turn; they are parked until they are woken for one. Thread-safe.
 */
final class Turns {

  /** A turn that is further away is promised to nobody. */
  static final long LONGEST_NANOS = 5_000_000_000L;

  private static final long SHORTEST_NANOS = 20_000_000L;
  private static final int MOST_AT_ONCE = 1_000;

  // Guarded by this: the last turn that was promised, as System.nanoTime().
  private long promised = System.nanoTime();

  /** Turns that were promised: the first after that time, then one each interval. */
  record Promised(int turns, Duration first) {}

  /**
   * @param intervalNanos time in which one place becomes free
   * @return null when the next turn is far away
   */
  synchronized @Nullable Duration next(long intervalNanos) {
    long now = System.nanoTime();
    long turn = (promised - now > 0 ? promised : now) + Math.max(1, intervalNanos);
    if (turn - now > LONGEST_NANOS) {
      return null;
    }
    promised = turn;
    return Duration.ofNanos(Math.max(SHORTEST_NANOS, turn - now));
  }

  /**
   * Promises all turns within a time.
   *
   * @param intervalNanos time between two of them
   * @param earliestNanos no turn is before that, as System.nanoTime()
   */
  synchronized Promised within(long timeNanos, long intervalNanos, long earliestNanos) {
    long now = System.nanoTime();
    long start = promised - now > 0 ? promised : now;
    start = earliestNanos - start > 0 ? earliestNanos : start;
    long left = now + timeNanos - start;
    if (left <= 0) {
      return new Promised(0, Duration.ZERO);
    }
    long interval = Math.max(1, intervalNanos);
    long turns = Math.min(MOST_AT_ONCE, (left + interval - 1) / interval);
    promised = start + turns * interval;
    return new Promised((int) turns, Duration.ofNanos(start - now));
  }

  /** Time until the next turn that is promised to nobody, which is not before that. */
  synchronized Duration untilNext(long earliestNanos) {
    long start = earliestNanos - promised > 0 ? earliestNanos : promised;
    return Duration.ofNanos(Math.max(0, start - System.nanoTime()));
  }
}
