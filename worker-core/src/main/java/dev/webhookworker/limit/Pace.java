package dev.webhookworker.limit;

import dev.webhookworker.spi.ToolLimits;
import java.time.Duration;

/**
 * {@code rate_limit}: how many events begin in a time, evenly spread. Who comes a little late for
 * its turn delays nobody after it, so that the permitted pace is reached. Thread-safe.
 */
final class Pace {

  private static final long LEAST_TOLERANCE_NANOS = 50_000_000;
  private static final double LEAST_OVERBOOKING = 1.05;
  private static final double MOST_OVERBOOKING = 2;
  private static final double WEIGHT = 1.0 / 16;

  private final Turns turns = new Turns();
  private final long intervalNanos;
  private final long toleranceNanos;

  // Guarded by this: when the next one begins if all are on time, as System.nanoTime().
  private long next = System.nanoTime();
  // Guarded by this: the part of the pace that nobody came for, an estimate.
  private double lost;

  Pace(ToolLimits.Rate rate) {
    intervalNanos = Math.max(1, rate.per().toNanos() / rate.events());
    toleranceNanos =
        Math.max(intervalNanos / 2, Math.min(LEAST_TOLERANCE_NANOS, rate.per().toNanos() / 2));
  }

  synchronized boolean take() {
    long now = System.nanoTime();
    if (now - (next - toleranceNanos) < 0) {
      return false;
    }
    lost += (Math.min(1, Math.max(0, (double) (now - next) / intervalNanos)) - lost) * WEIGHT;
    next = (next - now > 0 ? next : now) + intervalNanos;
    return true;
  }

  private synchronized long earliest() {
    return next - toleranceNanos;
  }

  Refusal refusal() {
    return new Refusal(turns.next(intervalNanos), "its tool's rate_limit is reached");
  }

  /** Time until a turn can be given next; zero when it can be at once. */
  Duration untilTurn() {
    return turns.untilNext(earliest());
  }

  /** Turns for parked events within a time. */
  Turns.Promised turns(Duration time) {
    return turns.within(time.toNanos(), apart(), earliest());
  }

  /**
   * Time between two turns: shorter where turns are missed, because woken events come late or go to
   * another worker.
   */
  synchronized long apart() {
    return (long) (intervalNanos / Math.min(MOST_OVERBOOKING, LEAST_OVERBOOKING + 2 * lost));
  }
}
