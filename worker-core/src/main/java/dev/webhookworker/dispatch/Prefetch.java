package dev.webhookworker.dispatch;

/**
 * How many events may be held at once: as many as the handlers' measured pace can use, so that fast
 * handlers never wait for a round trip and slow ones hold little. Bounded by bytes.
 */
final class Prefetch {

  /** Work worth this much time is fetched ahead. */
  private static final long AHEAD_NANOS = 100_000_000;

  /** A longer run tells no more: one slow tool must not hide the pace of the others. */
  private static final long LONGEST_TOLD_NANOS = 10 * AHEAD_NANOS;

  private static final double WEIGHT = 1.0 / 64;

  /**
   * Two lanes settle while the next events run: with ten batches they had to do with small groups,
   * and storing was 5 to 10 % slower.
   */
  private static final int MOST_BATCHES = 20;

  /** What is further ahead has left the processor's caches before it is run. */
  private static final double MOST_BYTES_AHEAD = 8 * 1024 * 1024;

  /** Under a backlog one round trip brings several batches. */
  private static final int BATCHES_A_READ = 3;

  /**
   * A reply of more bytes than this leaves the processor's caches, Redis' as well as ours, before
   * it is worked on: that costs more than the round trips that it saves.
   */
  private static final int BYTES_A_READ = 512 * 1024;

  /** Round trips have a cost as well. */
  private static final int FEWEST = 10;

  /** Held events, a batch being read and batches being settled have to fit into the heap. */
  private static final int SHARE_OF_HEAP = 8;

  /** A read that is expected to be small may turn out large once: then it may take more. */
  private static final int SHARE_OF_SURPRISE = 4;

  /** Events are small when their mean is below this part of the largest. */
  private static final int SMALL = 16;

  private final int maxConcurrent;
  private final int batchSize;
  private final long maxBytes;
  private final Reads reads;

  // Racing handler threads may lose an update: it is an estimate.
  private volatile double runNanos = AHEAD_NANOS;
  private volatile double eventBytes = 1024;

  /**
   * How many entries one read may take.
   *
   * @param whileSmall while events are small
   * @param otherwise when they may all be of the largest size
   * @param largestEvent in bytes
   */
  record Reads(int whileSmall, int otherwise, long largestEvent) {

    /** As many as wanted, and as many as the heap can afford. */
    static Reads affordable(int batchSize, long largestEvent, long heap) {
      long largest = Math.max(1, largestEvent);
      long wanted = (long) batchSize * BATCHES_A_READ;
      return new Reads(
          (int) Math.max(1, Math.min(wanted, heap / SHARE_OF_SURPRISE / largest)),
          (int) Math.max(1, Math.min(wanted, heap / SHARE_OF_HEAP / largest)),
          largest);
    }
  }

  Prefetch(int maxConcurrent, int batchSize, long maxBytes, Reads reads) {
    this.maxConcurrent = maxConcurrent;
    this.batchSize = batchSize;
    this.maxBytes = maxBytes;
    this.reads = reads;
  }

  /** As many of the bytes asked for as the heap can afford. */
  static long affordableBytes(long wanted, long heap) {
    return Math.max(1, Math.min(wanted, heap / SHARE_OF_HEAP));
  }

  void ran(long nanos, long bytes) {
    double meanNanos = runNanos;
    runNanos = meanNanos + (Math.min(nanos, LONGEST_TOLD_NANOS) - meanNanos) * WEIGHT;
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
    double most =
        Math.min((double) batchSize * MOST_BATCHES, MOST_BYTES_AHEAD / Math.max(eventBytes, 1));
    long byPace = (long) Math.min(ahead, most);
    long byBytes = (long) (maxBytes / Math.max(eventBytes, 1));
    return (int) Math.max(1, Math.min(maxConcurrent + byPace, Math.max(byBytes, 1)));
  }

  /** Most entries of one read. */
  int batch() {
    return Math.min(batchSize, batchOfBacklog());
  }

  /** Most entries of one read when the one before was full. */
  int batchOfBacklog() {
    boolean small = eventBytes * SMALL < reads.largestEvent();
    int affordable = small ? reads.whileSmall() : reads.otherwise();
    int cached = (int) (BYTES_A_READ / Math.max(eventBytes, 1));
    return Math.min(affordable, Math.max(Math.min(batchSize, FEWEST), cached));
  }

  /** Most entries of each of two reads, of which one is on its way: both may turn out large. */
  int batchAhead() {
    return Math.max(1, Math.min(batchOfBacklog(), reads.whileSmall() / 2));
  }

  long maxBytes() {
    return maxBytes;
  }
}
