package dev.webhookworker.benchmark;

import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Times from an event's making, which its payload tells, to now. Thread-safe. */
final class Latencies {

  private static final String FIELD = "\"sent\":";

  private final long[] micros;
  private final AtomicInteger count = new AtomicInteger();

  Latencies(int most) {
    micros = new long[most];
  }

  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  /** Notes the event of that payload; does nothing for an event of a backlog. */
  void note(Supplier<@Nullable String> ofEvent) {
    if (micros.length == 0) {
      return;
    }
    String payload = ofEvent.get();
    if (payload == null) {
      return;
    }
    int at = payload.indexOf(FIELD);
    if (at >= 0) {
      int end = payload.indexOf(',', at);
      long sent = Long.parseLong(payload, at + FIELD.length(), end, 10);
      add(now() - sent);
    }
  }

  void add(long latencyMicros) {
    int index = count.getAndIncrement();
    if (index < micros.length) {
      micros[index] = latencyMicros;
    }
  }

  /** The quantile in milliseconds, the first half left out as warm-up. */
  double quantile(double q) {
    int all = Math.min(count.get(), micros.length);
    if (all == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOfRange(micros, all / 2, all);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.round(q * sorted.length))] / 1000.0;
  }
}
