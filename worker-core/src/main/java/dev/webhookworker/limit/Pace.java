package dev.webhookworker.limit;

import dev.failsafe.RateLimiter;
import dev.webhookworker.spi.ToolLimits;

/** {@code rate_limit}: how many events begin in a time, evenly spread. Thread-safe. */
final class Pace {

  private final RateLimiter<Object> limiter;
  private final Turns turns = new Turns();
  private final long intervalNanos;

  Pace(ToolLimits.Rate rate) {
    limiter = RateLimiter.<Object>smoothBuilder(rate.events(), rate.per()).build();
    intervalNanos = rate.per().toNanos() / rate.events();
  }

  boolean take() {
    return limiter.tryAcquirePermit();
  }

  Entry.HeldBack heldBack() {
    return new Entry.HeldBack(turns.next(intervalNanos), "its tool's rate_limit is reached");
  }
}
