package dev.webhookworker.dlq;

import java.util.concurrent.locks.LockSupport;

/** Lets at most so many steps a second pass, evenly. For one thread. */
final class Pace {

  private final long nanosPerStep;
  private long next = System.nanoTime();

  Pace(int perSecond) {
    nanosPerStep = 1_000_000_000L / perSecond;
  }

  /** Waits for this step's turn; returns early when the thread is interrupted. */
  void await() {
    long now = System.nanoTime();
    while (now - next < 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(next - now);
      now = System.nanoTime();
    }
    next = Math.max(next, now - nanosPerStep) + nanosPerStep;
  }
}
