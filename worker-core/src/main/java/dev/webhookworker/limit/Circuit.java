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

  private static final long SHORT_PAUSE_NANOS = 1_000_000_000L;

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

  /** With a turn when the pause is short. */
  Refusal refusal() {
    long left = Math.min(pauseNanos, breaker.getRemainingDelay().toNanos());
    Duration turn = left > 0 && pauseNanos <= SHORT_PAUSE_NANOS ? Duration.ofNanos(left) : null;
    return new Refusal(turn, "its tool's circuit is " + state());
  }

  /** Whether one event at a time tries whether the trouble is over. */
  boolean isOnTrial() {
    return breaker.isHalfOpen() || (breaker.isOpen() && !isOpen());
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  String state() {
    return breaker.getState().name().toLowerCase(Locale.ROOT);
  }
}
