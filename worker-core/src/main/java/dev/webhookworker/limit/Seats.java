package dev.webhookworker.limit;

import dev.failsafe.Bulkhead;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code max_concurrent}: how many events run at once. Thread-safe. */
final class Seats {

  private static final double WEIGHT = 1.0 / 8;

  private final int most;
  private final Bulkhead<Object> bulkhead;
  private final Turns turns = new Turns();
  private final AtomicInteger taken = new AtomicInteger();

  // Racing threads may lose an update: it is an estimate, in nanoseconds.
  private volatile double stay = 100_000_000;

  Seats(int most) {
    this.most = most;
    bulkhead = Bulkhead.of(most);
  }

  boolean take() {
    if (!bulkhead.tryAcquirePermit()) {
      return false;
    }
    taken.incrementAndGet();
    return true;
  }

  /** Gives a seat back that was not used after all. */
  void giveBack() {
    taken.decrementAndGet();
    bulkhead.releasePermit();
  }

  void leave(long nanos) {
    double mean = stay;
    stay = mean + (nanos - mean) * WEIGHT;
    giveBack();
  }

  Entry.HeldBack heldBack() {
    Duration delay = turns.next((long) (stay / most));
    return new Entry.HeldBack(delay, "as many events of its tool run as may (max_concurrent)");
  }

  int taken() {
    return taken.get();
  }

  int most() {
    return most;
  }
}
