package dev.webhookworker.dispatch;

import java.time.Duration;

/** When something of the fetch loop is due next. For its thread. */
final class Due {

  private final Clocks clocks;
  private long atNanos;

  /** Due at once. */
  Due(Clocks clocks) {
    this.clocks = clocks;
    now();
  }

  boolean isDue() {
    return clocks.nanos() - atNanos >= 0;
  }

  void now() {
    atNanos = clocks.nanos();
  }

  void in(Duration time) {
    atNanos = clocks.nanos() + time.toNanos();
  }

  /** Time that is left; zero when it is due. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, atNanos - clocks.nanos()));
  }
}
