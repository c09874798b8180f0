package dev.webhookworker.forward;

import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a destination is disabled because it failed for so long; what all workers know of it,
 * looked at every {@value #SECONDS_BETWEEN_LOOKS} s at most. While the queue is away, what was
 * known counts. Thread-safe.
 */
final class DestinationStanding {

  private static final long SECONDS_BETWEEN_LOOKS = 5;
  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(24);

  private final DestinationFailures failures;
  private final DestinationFailures.Name name;
  private final Duration disableAfter;

  // Written by the runs' threads; the last one to look wins.
  private volatile DestinationFailures.Standing known = DestinationFailures.Standing.GOOD;
  private volatile long nextLookNanos = System.nanoTime();

  /**
   * @param disableAfter zero for never
   */
  DestinationStanding(
      DestinationFailures failures, DestinationFailures.Name name, Duration disableAfter) {
    this.failures = failures;
    this.name = name;
    this.disableAfter = disableAfter;
  }

  /** When it was disabled; empty when it is not. */
  Optional<Instant> disabledAt() {
    if (!disableAfter.isZero() && System.nanoTime() - nextLookNanos >= 0) {
      nextLookNanos = System.nanoTime() + Duration.ofSeconds(SECONDS_BETWEEN_LOOKS).toNanos();
      try {
        known = failures.of(name);
      } catch (StreamUnavailableException away) {
        return known.disabledAt();
      }
    }
    return known.disabledAt();
  }

  /** As of the last look. */
  Optional<Instant> knownDisabledAt() {
    return known.disabledAt();
  }

  /** A request failed; true when it was one too many and has disabled the destination. */
  boolean failed() {
    if (disableAfter.isZero()) {
      return false;
    }
    try {
      Duration since = failures.failed(name, FORGOTTEN_AFTER);
      boolean disables = since.compareTo(disableAfter) >= 0 && failures.disable(name);
      known = failures.of(name);
      return disables;
    } catch (StreamUnavailableException away) {
      // The next failure counts.
      return false;
    }
  }

  void succeeded() {
    if (known.failing()) {
      try {
        boolean unused = failures.clear(name);
        forget();
      } catch (StreamUnavailableException away) {
        // The next success counts.
        nextLookNanos = System.nanoTime();
      }
    }
  }

  /** Nothing bad is known any more. */
  void forget() {
    known = DestinationFailures.Standing.GOOD;
  }
}
