package dev.webhookworker.dispatch;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The two clocks: one of the calendar, for what is shown, and one that no step of the calendar's
 * moves, for spans.
 *
 * @param nanoTime as {@link System#nanoTime}
 */
record Clocks(Clock calendar, LongSupplier nanoTime) {

  /** With a clock that a test moves, spans are its own too. */
  static Clocks of(Clock calendar) {
    return new Clocks(
        calendar,
        calendar.equals(Clock.systemUTC())
            ? System::nanoTime
            : () -> TimeUnit.MILLISECONDS.toNanos(calendar.millis()));
  }

  long nanos() {
    return nanoTime.getAsLong();
  }
}
