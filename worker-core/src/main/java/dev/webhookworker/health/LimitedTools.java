package dev.webhookworker.health;

import dev.webhookworker.ToolLimitState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tools at their limits, for the details of the component {@code worker}. */
final class LimitedTools {

  /** A report stays small, however many tools there are. */
  private static final int MOST_NAMED = 20;

  private LimitedTools() {}

  /** Nothing while no limit has held an event back. */
  static Map<String, Object> details(List<ToolLimitState> states) {
    List<Map<String, Object>> limited =
        states.stream()
            .filter(LimitedTools::hasHeldBack)
            .limit(MOST_NAMED)
            .map(LimitedTools::told)
            .toList();
    return limited.isEmpty() ? Map.of() : Map.of("limited_tools", limited);
  }

  private static boolean hasHeldBack(ToolLimitState state) {
    return state.heldBack() > 0 || state.circuit().filter(one -> !one.equals("closed")).isPresent();
  }

  private static Map<String, Object> told(ToolLimitState state) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("tool_id", state.toolId());
    if (!state.eventTypes().isEmpty()) {
      told.put("event_types", state.eventTypes());
    }
    state
        .maxConcurrent()
        .ifPresent(
            most -> {
              told.put("running", state.running());
              told.put("max_concurrent", most);
            });
    told.put("held_back", state.heldBack());
    state.circuit().ifPresent(circuit -> told.put("circuit", circuit));
    return told;
  }
}
