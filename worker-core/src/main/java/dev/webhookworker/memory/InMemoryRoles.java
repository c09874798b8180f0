package dev.webhookworker.memory;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Leases of roles that one worker at a time has. Thread-safe. */
final class InMemoryRoles {

  private record Holder(String owner, Instant until) {}

  private final Clock clock;
  private final Map<String, Holder> holders = new HashMap<>();

  InMemoryRoles(Clock clock) {
    this.clock = clock;
  }

  synchronized boolean take(String role, String owner, Instant until) {
    Holder now = holders.get(role);
    if (now != null && !now.owner().equals(owner) && clock.instant().isBefore(now.until())) {
      return false;
    }
    holders.put(role, new Holder(owner, until));
    return true;
  }

  synchronized void giveUp(String role, String owner) {
    holders.computeIfPresent(role, (name, now) -> now.owner().equals(owner) ? null : now);
  }
}
