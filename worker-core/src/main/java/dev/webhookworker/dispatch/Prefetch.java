package dev.webhookworker.dispatch;

/**
 * How many events may be held at once: as many as the handlers' measured pace can use, so that fast
 * handlers never wait for a round trip and slow ones hold little. Bounded by bytes.
 */
final class Prefetch {

  /** Work worth this much time is fetched ahead. */
  private static final long AHEAD_NANOS = 100_000_000;

  private static final double WEIGHT = 1.0 / 64;
  private static final int MOST_BATCHES = 10;

  /** Held events, a batch being read and batches being settled have to fit into the heap. */
  private static final int SHARE_OF_HEAP = 8;

  private final int maxConcurrent;
  private final int batchSize;
  private final long maxBytes;

  // Racing handler threads may lose an update: it is an estimate.
  private volatile double runNanos = AHEAD_NANOS;
  private volatile double eventBytes = 1024;

  Prefetch(int maxConcurrent, int batchSize, long maxBytes) {
    this.maxConcurrent = maxConcurrent;
    this.batchSize = batchSize;
    this.maxBytes = maxBytes;
  }

  /** As many of the bytes asked for as the heap can afford. */
  static long affordableBytes(long wanted, long heap) {
    return Math.max(1, Math.min(wanted, heap / SHARE_OF_HEAP));
  }

  /** As many entries in one read as the heap can afford if all are of the largest size. */
  static int affordableBatch(int wanted, long largestEvent, long heap) {
    return (int) Math.max(1, Math.min(wanted, heap / SHARE_OF_HEAP / Math.max(1, largestEvent)));
  }

  void ran(long nanos, long bytes) {
    double meanNanos = runNanos;
    runNanos = meanNanos + (nanos - meanNanos) * WEIGHT;
    double meanBytes = eventBytes;
    eventBytes = meanBytes + (bytes - meanBytes) * WEIGHT;
  }

  /** How long a run takes, in nanoseconds; an estimate. */
  double runNanos() {
    return runNanos;
  }

  /** Most events to hold, running ones included. */
  int capacity() {
    double ahead = maxConcurrent * (AHEAD_NANOS / Math.max(runNanos, 1));
    long byPace = (long) Math.min(ahead, (double) batchSize * MOST_BATCHES);
    long byBytes = (long) (maxBytes / Math.max(eventBytes, 1));
    return (int) Math.max(1, Math.min(maxConcurrent + byPace, Math.max(byBytes, 1)));
  }

  long maxBytes() {
    return maxBytes;
  }
}
