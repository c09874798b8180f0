package dev.webhookworker.health;

import dev.webhookworker.DestinationState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The component {@code destinations}: degraded while one of them is in trouble. */
final class DestinationHealth {

  /** A report stays small, however many destinations there are. */
  private static final int MOST_NAMED = 20;

  private DestinationHealth() {}

  static ComponentHealth of(List<DestinationState> states) {
    List<DestinationState> bad = states.stream().filter(state -> !state.isGood()).toList();
    if (bad.isEmpty()) {
      return ComponentHealth.healthy(
          "no destination in use is in trouble", Map.of("in_use", states.size()));
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("in_use", states.size());
    details.put("in_trouble", bad.size());
    details.put(
        "destinations", bad.stream().limit(MOST_NAMED).map(DestinationHealth::told).toList());
    return ComponentHealth.degraded(
        bad.size() + " destinations keep failing or are disabled; see docs/forwarding.md", details);
  }

  private static Map<String, Object> told(DestinationState state) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("tool_id", state.toolId());
    told.put("destination", state.destination());
    told.put("circuit", state.circuit());
    state.disabledAt().ifPresent(at -> told.put("disabled_at", at.toString()));
    return told;
  }
}
