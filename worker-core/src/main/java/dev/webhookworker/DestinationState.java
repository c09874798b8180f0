package dev.webhookworker;

import java.time.Instant;
import java.util.Optional;

/**
 * How a destination that this process has used stands.
 *
 * @param circuit {@code closed}, {@code open} or {@code half_open}
 * @param disabledAt when it was disabled because it had failed for so long; empty when it is not
 */
public record DestinationState(
    String toolId, String destination, String circuit, Optional<Instant> disabledAt) {

  /** Whether its events are sent without a wait. */
  public boolean isGood() {
    return circuit.equals("closed") && disabledAt.isEmpty();
  }
}
