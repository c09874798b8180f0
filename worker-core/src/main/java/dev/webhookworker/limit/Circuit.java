package dev.webhookworker.limit;

import dev.failsafe.CircuitBreaker;
import dev.webhookworker.spi.ToolLimits;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code circuit_breaker}: no event runs for a while when too many failed; then one at a time,
 * until one succeeds. Thread-safe.
 */
final class Circuit {

  private final CircuitBreaker<Object> breaker;
  private final long pauseNanos;

  /**
   * @param onChange told the new state, of {@link #state}
   */
  Circuit(ToolLimits.Breaker settings, Consumer<String> onChange) {
    pauseNanos = settings.pause().toNanos();
    breaker =
        CircuitBreaker.<Object>builder()
            .withFailureThreshold(settings.failures(), settings.of())
            .withSuccessThreshold(1)
            .withDelay(settings.pause())
            .onOpen(change -> onChange.accept("open"))
            .onHalfOpen(change -> onChange.accept("half_open"))
            .onClose(change -> onChange.accept("closed"))
            .build();
  }

  /** Whether there is no use in asking for a permit yet. */
  boolean isOpen() {
    return breaker.isOpen() && !breaker.getRemainingDelay().isZero();
  }

  boolean take() {
    return breaker.tryAcquirePermit();
  }

  void ended(Ending ending) {
    if (ending == Ending.SUCCESS) {
      breaker.recordSuccess();
    } else if (ending == Ending.FAILURE || breaker.isHalfOpen()) {
      // A trial that told nothing ends the trial; the next one comes after another pause.
      breaker.recordFailure();
    }
  }

  /** Until the pause ends, but not so long that an early end is found late. */
  Entry.HeldBack heldBack() {
    long left = Math.min(pauseNanos, breaker.getRemainingDelay().toNanos());
    Duration later = Turns.later();
    Duration delay = left > 0 && left < later.toNanos() ? Duration.ofNanos(left) : later;
    return new Entry.HeldBack(delay, "its tool's circuit is " + state());
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  String state() {
    return breaker.getState().name().toLowerCase(Locale.ROOT);
  }
}
