package dev.webhookworker.dispatch;

import dev.webhookworker.WorkerStats;
import dev.webhookworker.port.StreamDepth;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How the worker's figures changed within a window, from samples that its timer takes, so that
 * events pay nothing for it. Thread-safe.
 */
public final class RecentChanges {

  private static final int MOST_SAMPLES = 120;
  private static final long UNKNOWN = -1;

  private final long windowNanos;
  private final long spacingNanos;

  // Guarded by this; the newest last.
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long runs, long failures, long openDeadLetters) {}

  /**
   * @param runs runs of handlers that came to an end, and duplicates
   * @param failures those of them that ended in a retry or a dead letter
   * @param deadLetterGrowth open dead letters more than at the window's beginning; may be negative
   */
  public record Change(long runs, long failures, long deadLetterGrowth) {

    /** Failures among the runs, 0 to 1; 0 without runs. */
    public double errorRate() {
      return runs == 0 ? 0 : (double) failures / runs;
    }
  }

  RecentChanges(Duration window) {
    windowNanos = window.toNanos();
    spacingNanos = windowNanos / MOST_SAMPLES;
  }

  /**
   * @param depth null while unknown: the last known number of dead letters stands
   */
  synchronized void sample(long nanos, WorkerStats stats, @Nullable StreamDepth depth) {
    Sample last = samples.peekLast();
    long known = last == null ? UNKNOWN : last.openDeadLetters();
    long open = depth == null ? known : depth.deadLetters();
    long failures = stats.retriesScheduled() + stats.deadLettered();
    Sample next =
        new Sample(nanos, stats.processed() + stats.duplicates() + failures, failures, open);
    // The newest is always kept; those before it no closer than the spacing, but for the first
    // that knows the dead letters.
    if (samples.size() > 1) {
      Sample newest = samples.removeLast();
      Sample before = samples.getLast();
      boolean firstKnown = before.openDeadLetters() == UNKNOWN && newest.openDeadLetters() >= 0;
      if (firstKnown || newest.nanos() - before.nanos() >= spacingNanos) {
        samples.addLast(newest);
      }
    }
    samples.addLast(next);
    while (samples.size() > 2 && nanos - second().nanos() >= windowNanos) {
      samples.removeFirst();
    }
  }

  /** The oldest sample but one: while it covers the window, the oldest is not needed. */
  private Sample second() {
    var all = samples.iterator();
    all.next();
    return all.next();
  }

  /** Between the window's beginning, or the start where that is later, and the last sample. */
  public synchronized Change change() {
    if (samples.size() < 2) {
      return new Change(0, 0, 0);
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long before =
        samples.stream()
            .mapToLong(Sample::openDeadLetters)
            .filter(open -> open != UNKNOWN)
            .findFirst()
            .orElse(last.openDeadLetters());
    return new Change(
        last.runs() - first.runs(),
        last.failures() - first.failures(),
        last.openDeadLetters() - before);
  }

  /** Samples held, for its test. */
  synchronized int size() {
    return samples.size();
  }
}
