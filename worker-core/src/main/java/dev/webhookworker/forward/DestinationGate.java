package dev.webhookworker.forward;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.webhookworker.DestinationState;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many requests one destination gets at once, and whether it gets any. It gets none while it
 * wished to be left alone (Retry-After), nor after it failed {@value #FAILURES} of its last {@value
 * #WINDOW} requests; then one event tries it again each time the delay is over. Thread-safe.
 */
final class DestinationGate {

  private static final Logger LOG = LoggerFactory.getLogger(DestinationGate.class);
  private static final int FAILURES = 5;
  private static final int WINDOW = 10;
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final long FIRST_WAIT_MILLIS = 100;
  private static final int MOST_DOUBLINGS = 6;

  private final Bulkhead<Object> places;
  private final CircuitBreaker<Object> circuit;
  private final DestinationStanding standing;
  private final DestinationFailures.Name name;
  private final RandomGenerator random;

  // Written when a destination wishes for a delay; System.nanoTime.
  private volatile long pausedUntilNanos = System.nanoTime();

  DestinationGate(
      DestinationStanding standing,
      DestinationFailures.Name name,
      int maxConcurrent,
      Duration circuitDelay,
      WorkerListener listener,
      RandomGenerator random) {
    this.standing = standing;
    this.name = name;
    this.random = random;
    String toolId = name.toolId();
    String destination = name.destination();
    places = Bulkhead.of(maxConcurrent);
    circuit =
        CircuitBreaker.builder()
            .withFailureThreshold(FAILURES, WINDOW)
            .withSuccessThreshold(1)
            .withDelay(circuitDelay)
            .onOpen(
                opened -> {
                  LOG.atWarn()
                      .addKeyValue("tool_id", toolId)
                      .addKeyValue("destination", destination)
                      .addKeyValue("delay_ms", circuitDelay.toMillis())
                      .log("A destination keeps failing; its events wait");
                  listener.destinationCircuitChanged(toolId, destination, "open");
                })
            .onHalfOpen(
                halfOpen -> listener.destinationCircuitChanged(toolId, destination, "half_open"))
            .onClose(
                closed -> {
                  LOG.atInfo()
                      .addKeyValue("tool_id", toolId)
                      .addKeyValue("destination", destination)
                      .log("A destination works again");
                  listener.destinationCircuitChanged(toolId, destination, "closed");
                })
            .build();
  }

  /**
   * Takes a place, to be given back by {@link #leave}.
   *
   * @param snoozes of the event, which comes back the later the more it has
   * @return how long to wait when there is none now
   */
  Optional<Duration> enter(int snoozes) {
    long pause = pausedUntilNanos - System.nanoTime();
    if (pause > 0) {
      return Optional.of(spread(pause / 1_000_000, snoozes));
    }
    if (!places.tryAcquirePermit()) {
      return Optional.of(spread(0, snoozes));
    }
    if (!circuit.tryAcquirePermit()) {
      places.releasePermit();
      return Optional.of(spread(circuit.getRemainingDelay().toMillis(), snoozes));
    }
    return Optional.empty();
  }

  void leave(DeliveryResult result) {
    if (result instanceof DeliveryResult.Failed failed && failed.retryAfter() != null) {
      Duration wish = failed.retryAfter();
      long nanos = (wish.compareTo(LONGEST_PAUSE) < 0 ? wish : LONGEST_PAUSE).toNanos();
      pausedUntilNanos = System.nanoTime() + nanos;
    }
    if (result.isAlive()) {
      circuit.recordSuccess();
    } else {
      circuit.recordFailure();
    }
    places.releasePermit();
  }

  DestinationFailures.Name name() {
    return name;
  }

  DestinationStanding standing() {
    return standing;
  }

  DestinationState state() {
    return new DestinationState(
        name.toolId(),
        name.destination(),
        circuit.getState().name().toLowerCase(Locale.ROOT),
        standing.knownDisabledAt());
  }

  /** The events that wait don't come back all at once. */
  private Duration spread(long millis, int snoozes) {
    long more = FIRST_WAIT_MILLIS << Math.min(snoozes, MOST_DOUBLINGS);
    return Duration.ofMillis(millis + random.nextLong(more / 2, more + more / 2));
  }
}
