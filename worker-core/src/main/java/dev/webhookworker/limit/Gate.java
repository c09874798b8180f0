package dev.webhookworker.limit;

import dev.webhookworker.ToolLimitState;
import dev.webhookworker.spi.ToolLimits;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The limits that one tool, or one of its event rules, has of its own. Thread-safe. */
final class Gate {

  private final String toolId;
  private final String eventTypes;
  private final ToolLimits limits;
  private final @Nullable Seats seats;
  private final @Nullable Pace pace;
  private final @Nullable Circuit circuit;
  private final LongAdder heldBack = new LongAdder();

  Gate(String toolId, String eventTypes, ToolLimits limits, Consumer<String> onCircuitChange) {
    this.toolId = toolId;
    this.eventTypes = eventTypes;
    this.limits = limits;
    Integer most = limits.maxConcurrent();
    ToolLimits.Rate rate = limits.rate();
    ToolLimits.Breaker breaker = limits.breaker();
    seats = most == null ? null : new Seats(most);
    pace = rate == null ? null : new Pace(rate);
    circuit = breaker == null ? null : new Circuit(breaker, onCircuitChange);
  }

  boolean isOf(ToolLimits others) {
    return limits.equals(others);
  }

  @Nullable Seats seats() {
    return seats;
  }

  @Nullable Pace pace() {
    return pace;
  }

  @Nullable Circuit circuit() {
    return circuit;
  }

  void countHeldBack() {
    heldBack.increment();
  }

  ToolLimitState state() {
    return new ToolLimitState(
        toolId,
        eventTypes,
        seats == null ? 0 : seats.taken(),
        seats == null ? OptionalInt.empty() : OptionalInt.of(seats.most()),
        heldBack.sum(),
        Optional.ofNullable(circuit).map(Circuit::state));
  }
}
