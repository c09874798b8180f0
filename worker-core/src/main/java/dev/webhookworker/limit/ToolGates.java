package dev.webhookworker.limit;

import dev.webhookworker.ToolLimitState;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolLimits;
import dev.webhookworker.spi.WorkerListener;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets runs begin as their tools' limits allow, and never waits. A limit of an event rule counts
 * for its events in place of the tool's. A tool without limits costs nothing. Thread-safe.
 */
public final class ToolGates {

  private static final Logger LOG = LoggerFactory.getLogger(ToolGates.class);
  private static final int MOST_KEPT = 10_000;
  private static final Entry UNLIMITED = new Entry.Passed(Permit.UNLIMITED);

  private final int maxConcurrent;
  private final WorkerListener listener;
  private final ConcurrentHashMap<Place, Gate> gates = new ConcurrentHashMap<>();

  private final Set<String> pausedHere = ConcurrentHashMap.newKeySet();

  /** A tool, or with a pattern of event types one of its rules. */
  private record Place(String toolId, String eventTypes) {}

  /**
   * @param maxConcurrent for each tool that has no limit of its own; 0 for none
   */
  public ToolGates(int maxConcurrent, WorkerListener listener) {
    this.maxConcurrent = maxConcurrent;
    this.listener = listener;
  }

  /** Whether an event of that tool and type may run now. */
  public Entry enter(ToolConfig tool, String eventType) {
    if (tool.paused() || pausedHere.contains(tool.id())) {
      listener.heldBack(tool.id());
      return new Entry.HeldBack(Turns.later(), "the tool is paused");
    }
    Gate ofTool = gate(tool.id(), "", limitsOf(tool));
    Optional<ToolConfig.EventRule> rule =
        tool.events().isEmpty() ? Optional.empty() : tool.ruleFor(eventType);
    Gate ofRule =
        rule.isEmpty() ? null : gate(tool.id(), rule.get().eventType(), rule.get().limits());
    if (ofTool == null && ofRule == null) {
      return UNLIMITED;
    }
    Entry entry =
        enter(
            ofRule != null && ofRule.seats() != null ? ofRule.seats() : seats(ofTool),
            ofRule != null && ofRule.pace() != null ? ofRule.pace() : pace(ofTool),
            ofRule != null && ofRule.circuit() != null ? ofRule.circuit() : circuit(ofTool));
    if (entry instanceof Entry.HeldBack) {
      Gate counting = ofRule == null ? ofTool : ofRule;
      if (counting != null) {
        counting.countHeldBack();
      }
      listener.heldBack(tool.id());
    }
    return entry;
  }

  private static @Nullable Seats seats(@Nullable Gate gate) {
    return gate == null ? null : gate.seats();
  }

  private static @Nullable Pace pace(@Nullable Gate gate) {
    return gate == null ? null : gate.pace();
  }

  private static @Nullable Circuit circuit(@Nullable Gate gate) {
    return gate == null ? null : gate.circuit();
  }

  /** What can't be given back is taken last: a turn of the pace, a trial of the circuit. */
  private static Entry enter(
      @Nullable Seats seats, @Nullable Pace pace, @Nullable Circuit circuit) {
    if (circuit != null && circuit.isOpen()) {
      return circuit.heldBack();
    }
    if (seats != null && !seats.take()) {
      return seats.heldBack();
    }
    Entry refused = null;
    if (pace != null && !pace.take()) {
      refused = pace.heldBack();
    } else if (circuit != null && !circuit.take()) {
      refused = circuit.heldBack();
    }
    if (refused == null) {
      return new Entry.Passed(new Permit(seats, circuit, System.nanoTime()));
    }
    if (seats != null) {
      seats.giveBack();
    }
    return refused;
  }

  private ToolLimits limitsOf(ToolConfig tool) {
    ToolLimits own = tool.limits();
    return maxConcurrent > 0
            && own.maxConcurrent() == null
            && !tool.id().equals(ToolConfig.DEFAULT_ID)
        ? own.withMaxConcurrent(maxConcurrent)
        : own;
  }

  private @Nullable Gate gate(String toolId, String eventTypes, ToolLimits limits) {
    if (limits.isNone()) {
      return null;
    }
    Place place = new Place(toolId, eventTypes);
    Gate found = gates.get(place);
    if (found != null && found.isOf(limits)) {
      return found;
    }
    if (gates.size() >= MOST_KEPT) {
      gates.clear();
    }
    // A tool that was changed begins anew; what runs gives back to the gate that it came through.
    return gates.compute(
        place, (key, old) -> old != null && old.isOf(limits) ? old : open(key, limits));
  }

  private Gate open(Place place, ToolLimits limits) {
    return new Gate(
        place.toolId(), place.eventTypes(), limits, state -> circuitChanged(place.toolId(), state));
  }

  private void circuitChanged(String toolId, String state) {
    if (state.equals("open")) {
      LOG.atWarn()
          .addKeyValue("tool_id", toolId)
          .log("Too many events of a tool failed; its circuit is open and its events wait");
    } else {
      LOG.atInfo()
          .addKeyValue("tool_id", toolId)
          .addKeyValue("state", state)
          .log("A tool's circuit changed");
    }
    listener.circuitChanged(toolId, state);
  }

  /** Lets the tool's events wait in this process until {@link #resume}. */
  public void pause(String toolId) {
    pausedHere.add(toolId);
  }

  public void resume(String toolId) {
    pausedHere.remove(toolId);
  }

  /** The tools that are paused in this process alone. */
  public Set<String> pausedHere() {
    return Set.copyOf(pausedHere);
  }

  /** The limits in use, by tool and pattern. */
  public List<ToolLimitState> states() {
    return gates.values().stream()
        .map(Gate::state)
        .sorted(
            Comparator.comparing(ToolLimitState::toolId).thenComparing(ToolLimitState::eventTypes))
        .toList();
  }
}
