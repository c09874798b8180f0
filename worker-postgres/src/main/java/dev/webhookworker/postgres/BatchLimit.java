package dev.webhookworker.postgres;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many rows are written together. A batch for which the server takes too long would take too
 * long again, so later ones are smaller, and grow back when it has been quick for a while.
 * Thread-safe.
 */
final class BatchLimit {

  private static final int MOST = 100_000;
  private static final Duration QUICK_FOR = Duration.ofSeconds(30);

  private final LongSupplier nanoTime;

  // Guarded by this.
  private int rows = MOST;
  private long changedAtNanos;

  BatchLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  synchronized int rows() {
    return rows;
  }

  /** A batch of that many was too slow. */
  synchronized void tooSlow(int batch) {
    rows = Math.max(1, Math.min(rows, batch) / 2);
    changedAtNanos = nanoTime.getAsLong();
  }

  /** A batch of that many went through. */
  synchronized void passed(int batch) {
    if (rows == MOST || batch < rows) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (now - changedAtNanos >= QUICK_FOR.toNanos()) {
      rows = Math.min(MOST, rows * 2);
      changedAtNanos = now;
    }
  }
}
