package dev.webhookworker.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Processor time used in the last minute against what there is: a burst of work is no news, a
 * minute without a pause is. {@link #look} is for one thread, {@link #now} for any.
 */
final class CpuShare {

  /** Looks that are ten seconds apart. */
  private static final int WINDOW = 6;

  private record Sample(long atNanos, long usedNanos) {}

  private final LongSupplier nanoTime;
  private final LongSupplier usedNanos;
  private final DoubleSupplier processors;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private volatile double share = Double.NaN;

  /**
   * @param usedNanos processor time of this process since its start
   * @param processors that it may use at once
   */
  CpuShare(LongSupplier nanoTime, LongSupplier usedNanos, DoubleSupplier processors) {
    this.nanoTime = nanoTime;
    this.usedNanos = usedNanos;
    this.processors = processors;
  }

  /** Takes a sample; the share, NaN while there is not a minute of them. */
  double look() {
    Sample now = new Sample(nanoTime.getAsLong(), usedNanos.getAsLong());
    samples.addLast(now);
    if (samples.size() <= WINDOW) {
      return share;
    }
    Sample before = samples.removeFirst();
    share =
        (now.usedNanos - before.usedNanos)
            / ((now.atNanos - before.atNanos) * processors.getAsDouble());
    return share;
  }

  /** The share at the last look; NaN in the first minute. */
  double now() {
    return share;
  }
}
