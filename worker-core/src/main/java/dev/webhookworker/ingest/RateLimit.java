package dev.webhookworker.ingest;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Token buckets by key: a steady rate, with bursts of two seconds' worth. Keeps the keys used last.
 * Thread-safe.
 */
final class RateLimit {

  private static final int MOST_KEYS = 10_000;
  private static final double NANOS = 1e9;

  private final int perSecond;
  private final LongSupplier nanoTime;

  // Guarded by itself.
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Bucket {
    private double tokens;
    private long atNanos;
  }

  /**
   * @param perSecond 0 for no limit
   */
  RateLimit(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Takes a token; else how long until there is one. */
  Optional<Duration> take(String key) {
    if (perSecond == 0) {
      return Optional.empty();
    }
    long now = nanoTime.getAsLong();
    synchronized (buckets) {
      Bucket bucket = buckets.get(key);
      if (bucket == null) {
        bucket = new Bucket();
        bucket.tokens = 2.0 * perSecond;
        bucket.atNanos = now;
        makeRoom();
        buckets.put(key, bucket);
      }
      bucket.tokens =
          Math.min(2.0 * perSecond, bucket.tokens + (now - bucket.atNanos) / NANOS * perSecond);
      bucket.atNanos = now;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return Optional.empty();
      }
      return Optional.of(Duration.ofNanos((long) ((1 - bucket.tokens) / perSecond * NANOS)));
    }
  }

  private void makeRoom() {
    if (buckets.size() >= MOST_KEYS) {
      buckets.remove(buckets.keySet().iterator().next());
    }
  }
}
