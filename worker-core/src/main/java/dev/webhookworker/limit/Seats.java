package dev.webhookworker.limit;

import dev.failsafe.Bulkhead;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code max_concurrent}: how many events run at once. Thread-safe. */
final class Seats {

  private static final double WEIGHT = 1.0 / 8;
  private static final int COME_FOR_EACH = 3;
  private static final double LEAST_APART_NANOS = 15_000_000;

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

  Refusal refusal() {
    return new Refusal(
        turns.next((long) (stay / most)), "as many events of its tool run as may (max_concurrent)");
  }

  /** Turns for parked events within a time: at least as many as there are free seats. */
  Turns.Promised turns(Duration time) {
    Turns.Promised promised = turns.within(time.toNanos(), apart(), System.nanoTime());
    int free = most - taken();
    return promised.turns() == 0 && free > 0 ? new Turns.Promised(free, Duration.ZERO) : promised;
  }

  /**
   * Time between two turns. No run takes as long as another, and a seat that is free is not to wait
   * for long: several come for each, as far as that is no burden.
   */
  long apart() {
    double free = stay / most;
    return (long) Math.max(free / COME_FOR_EACH, Math.min(free, LEAST_APART_NANOS));
  }

  int taken() {
    return taken.get();
  }

  int most() {
    return most;
  }
}
