package dev.webhookworker.dlq;

import java.util.concurrent.locks.LockSupport;

/** Lets at most so many steps a second pass, evenly or a few together. For one thread. */
final class Pace {

  private static final int GROUPS_PER_SECOND = 20;

  private final long nanosPerStep;
  private final int group;
  private long next = System.nanoTime();

  Pace(int perSecond) {
    nanosPerStep = 1_000_000_000L / perSecond;
    group = Math.max(1, perSecond / GROUPS_PER_SECOND);
  }

  /**
   * How many steps may be taken together without the pace becoming uneven: a 20th of a second's.
   */
  int group() {
    return group;
  }

  /** Waits for the turn of these steps; returns early when the thread is interrupted. */
  void await(int steps) {
    long now = System.nanoTime();
    while (now - next < 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(next - now);
      now = System.nanoTime();
    }
    next = Math.max(next, now - nanosPerStep) + steps * nanosPerStep;
  }
}
