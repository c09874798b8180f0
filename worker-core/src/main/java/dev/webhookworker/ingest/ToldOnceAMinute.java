package dev.webhookworker.ingest;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Lets a line about each of some things through once a minute: whoever sends a request could
 * otherwise fill the log. Thread-safe.
 */
final class ToldOnceAMinute {

  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final int MOST_KEPT = 1_000;

  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Long> told = new ConcurrentHashMap<>();

  ToldOnceAMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether that is to be told now; counts as told then. */
  boolean isDue(String what) {
    long now = nanoTime.getAsLong();
    if (told.size() >= MOST_KEPT) {
      told.clear();
    }
    boolean[] due = new boolean[1];
    told.compute(
        what,
        (key, last) -> {
          due[0] = last == null || now - last >= MINUTE_NANOS;
          return due[0] ? Long.valueOf(now) : last;
        });
    return due[0];
  }
}
