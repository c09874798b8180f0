package dev.webhookworker.ops;

import dev.webhookworker.DeadLetters;
import dev.webhookworker.dlq.AuditTrail;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Clock;

/** Destinations that failed for so long that they get no more events, and the end of that. */
public record DisabledDestinations(Forwarding forwarding, AuditTrail audit, Clock clock) {

  /**
   * Enables one in every worker; its audit line is written first.
   *
   * @param actor who does it
   * @return false when it was not disabled
   * @throws DeadLetters.UnavailableException when queue or store do not answer
   */
  public boolean enable(String toolId, String destination, String actor) {
    try {
      if (!forwarding.isDisabled(toolId, destination)) {
        return false;
      }
      audit.act(
          clock.instant(),
          "destination_enabled",
          actor,
          "destination '" + destination + "' of tool " + toolId);
      return forwarding.enable(toolId, destination);
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    }
  }
}
