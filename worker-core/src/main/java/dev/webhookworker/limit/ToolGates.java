package dev.webhookworker.limit;

import dev.webhookworker.ToolLimitState;
import dev.webhookworker.port.JoinedName;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolLimits;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.InlineTools;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
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
  private static final int MOST_INLINE_KEPT = 1_000;
  private static final Entry UNLIMITED = new Entry.Passed(Permit.UNLIMITED);

  /** Where events of inline tools wait for their share of the handlers. */
  private static final Place ALL_INLINE = new Place(InlineTools.PREFIX, "");

  private final int maxConcurrent;

  /** Of all inline tools together; null when they have no limit. */
  private final @Nullable Seats inlineSeats;

  private final WorkerListener listener;
  private final ConcurrentHashMap<Place, Gate> gates = new ConcurrentHashMap<>();

  /** Apart from the others: whoever may publish makes as many as he likes. */
  private final ConcurrentHashMap<Place, Gate> inlineGates = new ConcurrentHashMap<>();

  private final Set<String> pausedHere = ConcurrentHashMap.newKeySet();
  private final ParkedPlaces parked = new ParkedPlaces();

  /** A tool, or with a pattern of event types one of its rules. */
  private record Place(String toolId, String eventTypes) {

    /** The tool as a whole. */
    static Place of(ToolConfig tool) {
      return new Place(tool.id(), "");
    }

    @Override
    public String toString() {
      return eventTypes.isEmpty() ? JoinedName.escaped(toolId) : JoinedName.of(toolId, eventTypes);
    }
  }

  /**
   * @param maxConcurrent for each tool that has no limit of its own, and for all inline tools
   *     together; 0 for none
   */
  public ToolGates(int maxConcurrent, WorkerListener listener) {
    this.maxConcurrent = maxConcurrent;
    inlineSeats = maxConcurrent > 0 ? new Seats(maxConcurrent) : null;
    this.listener = listener;
  }

  /** Whether an event of that tool and type may run now. */
  public Entry enter(ToolConfig tool, String eventType) {
    if (tool.paused() || pausedHere.contains(tool.id())) {
      listener.heldBack(tool.id());
      return park(Place.of(tool), ParkedPlaces.Standing.paused(tool.id()), "the tool is paused");
    }
    Gate ofTool = gate(tool.id(), "", limitsOf(tool));
    Optional<ToolConfig.EventRule> rule =
        tool.events().isEmpty() ? Optional.empty() : tool.ruleFor(eventType);
    Gate ofRule =
        rule.isEmpty() ? null : gate(tool.id(), rule.get().eventType(), rule.get().limits());
    if (ofTool == null && ofRule == null) {
      if (!parked.isEmpty()) {
        parked.found(
            Place.of(tool).toString(),
            new ParkedPlaces.Standing(tool.id(), false, null, null, null));
      }
      return UNLIMITED;
    }
    ParkedPlaces.Standing standing =
        new ParkedPlaces.Standing(
            tool.id(),
            false,
            ofRule != null && ofRule.seats() != null ? ofRule.seats() : seats(ofTool),
            ofRule != null && ofRule.pace() != null ? ofRule.pace() : pace(ofTool),
            ofRule != null && ofRule.circuit() != null ? ofRule.circuit() : circuit(ofTool));
    Place place = new Place(tool.id(), ofRule == null ? "" : rule.orElseThrow().eventType());
    if (!parked.isEmpty()) {
      parked.found(place.toString(), standing);
      // Where events were parked while the whole tool was paused.
      parked.found(Place.of(tool).toString(), standing);
    }
    Seats share = InlineTools.isInline(tool.id()) ? inlineSeats : null;
    if (share != null && !share.take()) {
      listener.heldBack(tool.id());
      return park(
          ALL_INLINE,
          new ParkedPlaces.Standing(ALL_INLINE.toolId(), false, share, null, null),
          "as many events of inline tools run as may (WORKER_TOOL_MAX_CONCURRENT)");
    }
    Refusal refusal = take(standing.seats(), standing.pace(), standing.circuit());
    if (refusal == null) {
      return new Entry.Passed(
          new Permit(standing.seats(), share, standing.circuit(), System.nanoTime()));
    }
    if (share != null) {
      share.giveBack();
    }
    Gate counting = ofRule == null ? ofTool : ofRule;
    if (counting != null) {
      counting.countHeldBack();
    }
    listener.heldBack(tool.id());
    return refusal.turn() == null
        ? park(place, standing, refusal.why())
        : new Entry.HeldBack(refusal.turn(), refusal.why(), null);
  }

  private Entry park(Place place, ParkedPlaces.Standing standing, String why) {
    parked.parked(place.toString(), standing);
    return new Entry.HeldBack(ParkedPlaces.net(), why, place.toString());
  }

  /**
   * Which of the events that are parked at these places may run now. For one thread.
   *
   * @param parkedPlaces all places at which events are parked
   */
  public Wakings wakings(Set<String> parkedPlaces) {
    return parked.wakings(parkedPlaces, pausedHere::contains);
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
  private static @Nullable Refusal take(
      @Nullable Seats seats, @Nullable Pace pace, @Nullable Circuit circuit) {
    if (circuit != null && circuit.isOpen()) {
      return circuit.refusal();
    }
    if (seats != null && !seats.take()) {
      return seats.refusal();
    }
    Refusal refused = null;
    if (pace != null && !pace.take()) {
      refused = pace.refusal();
    } else if (circuit != null && !circuit.take()) {
      refused = circuit.refusal();
    }
    if (refused != null && seats != null) {
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
    boolean inline = InlineTools.isInline(toolId);
    ConcurrentHashMap<Place, Gate> kept = inline ? inlineGates : gates;
    Place place = new Place(toolId, eventTypes);
    Gate found = kept.get(place);
    if (found != null && found.isOf(limits)) {
      return found;
    }
    if (kept.size() >= (inline ? MOST_INLINE_KEPT : MOST_KEPT)) {
      kept.clear();
    }
    // A tool that was changed begins anew; what runs gives back to the gate that it came through.
    return kept.compute(
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
    return Stream.of(gates, inlineGates)
        .flatMap(kept -> kept.values().stream())
        .map(Gate::state)
        .sorted(
            Comparator.comparing(ToolLimitState::toolId).thenComparing(ToolLimitState::eventTypes))
        .toList();
  }
}
