package dev.webhookworker.metrics;

import dev.webhookworker.spi.WorkerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what happens to tools and their destinations, whose names are bounded as event types are.
 * Thread-safe.
 */
final class ToolMeters implements WorkerListener {

  private static final String CLOSED = "closed";

  private final MeterRegistry registry;
  private final EventTypeLabels<OfTool> byTool;
  private final EventTypeLabels<OfDestination> byDestination;
  private final Counter disabled;

  private record OfTool(Counter heldBack, AtomicInteger openCircuit) {}

  private record OfDestination(String tool, String destination, AtomicInteger openCircuit) {}

  ToolMeters(MeterRegistry registry) {
    this.registry = registry;
    byTool = new EventTypeLabels<>(this::ofTool);
    byDestination = new EventTypeLabels<>(this::ofDestination);
    disabled = WorkerMeter.DESTINATIONS_DISABLED.counter(registry);
    // So that each meter is there from the start.
    OfTool first = byTool.of(EventTypeLabels.OTHER);
    first.heldBack().increment(0);
    count(byDestination.of(EventTypeLabels.OTHER), "2xx", 0);
  }

  private OfTool ofTool(String tool) {
    AtomicInteger open = new AtomicInteger();
    WorkerMeter.TOOL_CIRCUIT.gauge(registry, open, AtomicInteger::get, tool);
    return new OfTool(WorkerMeter.HELD_BACK.counter(registry, tool), open);
  }

  /**
   * @param name tool and destination with a slash between, or {@code other}
   */
  private OfDestination ofDestination(String name) {
    int slash = name.lastIndexOf('/');
    String tool = slash < 0 ? name : name.substring(0, slash);
    String destination = name.substring(slash + 1);
    AtomicInteger open = new AtomicInteger();
    WorkerMeter.DESTINATION_CIRCUIT.gauge(registry, open, AtomicInteger::get, tool, destination);
    return new OfDestination(tool, destination, open);
  }

  private OfDestination destination(String toolId, String destination) {
    return byDestination.of(toolId + "/" + destination);
  }

  private void count(OfDestination destination, String result, int requests) {
    WorkerMeter.FORWARDED
        .counter(registry, destination.tool(), destination.destination(), result)
        .increment(requests);
  }

  @Override
  public void heldBack(String toolId) {
    byTool.of(toolId).heldBack().increment();
  }

  @Override
  public void circuitChanged(String toolId, String state) {
    byTool.of(toolId).openCircuit().set(state.equals(CLOSED) ? 0 : 1);
  }

  @Override
  public void destinationAnswered(String toolId, String destination, String result) {
    count(destination(toolId, destination), result, 1);
  }

  @Override
  public void destinationCircuitChanged(String toolId, String destination, String state) {
    destination(toolId, destination).openCircuit().set(state.equals(CLOSED) ? 0 : 1);
  }

  @Override
  public void destinationDisabled(String toolId, String destination) {
    disabled.increment();
  }
}
