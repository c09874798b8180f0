package dev.webhookworker.ops;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Durations in buckets that are at most an eighth wide, from a microsecond to hours. Counts grow
 * for ever; what happened lately is the difference of two copies. Thread-safe.
 */
final class LatencyHistogram {

  private static final int SUB_BITS = 3;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int BUCKETS = SUBS * 34;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void add(Duration time) {
    counts.incrementAndGet(bucket(time.toNanos() / 1000));
  }

  long[] copy() {
    long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  static long[] difference(long[] later, long[] earlier) {
    long[] difference = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      difference[i] = later[i] - earlier[i];
    }
    return difference;
  }

  static long[] empty() {
    return new long[BUCKETS];
  }

  static long total(long[] counts) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /**
   * The time in milliseconds that this share took at most; 0 without counts.
   *
   * @param share 0 to 1
   */
  static double percentile(long[] counts, double share) {
    long wanted = (long) Math.ceil(total(counts) * share);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return upperMicros(i) / 1000.0;
      }
    }
    return 0;
  }

  private static int bucket(long micros) {
    if (micros < SUBS) {
      return (int) Math.max(0, micros);
    }
    int exponent = 63 - Long.numberOfLeadingZeros(micros);
    int sub = (int) (micros >> (exponent - SUB_BITS)) & (SUBS - 1);
    return Math.min(BUCKETS - 1, (exponent - SUB_BITS + 1) * SUBS + sub);
  }

  private static long upperMicros(int bucket) {
    if (bucket < SUBS) {
      return bucket + 1L;
    }
    int exponent = bucket / SUBS + SUB_BITS - 1;
    return (SUBS + bucket % SUBS + 1L) << (exponent - SUB_BITS);
  }
}
