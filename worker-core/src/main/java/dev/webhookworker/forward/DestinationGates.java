package dev.webhookworker.forward;

import dev.webhookworker.DestinationState;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gates of the destinations in use, made when they are first needed. Thread-safe. */
final class DestinationGates {

  private static final Logger LOG = LoggerFactory.getLogger(DestinationGates.class);
  private static final int MOST_KEPT = 10_000;

  private final ForwardSettings settings;
  private final int maxConcurrent;
  private final DestinationFailures failures;
  private final WorkerListener listener;
  private final RandomGenerator random;
  private final Map<Key, DestinationGate> gates = new ConcurrentHashMap<>();

  private record Key(DestinationFailures.Name name, int maxConcurrent) {}

  /**
   * @param maxConcurrent requests at once to a destination that has no limit of its own
   */
  DestinationGates(
      ForwardSettings settings,
      int maxConcurrent,
      DestinationFailures failures,
      WorkerListener listener,
      RandomGenerator random) {
    this.settings = settings;
    this.maxConcurrent = maxConcurrent;
    this.failures = failures;
    this.listener = listener;
    this.random = random;
  }

  DestinationGate of(String toolId, Destination destination) {
    int limit = Objects.requireNonNullElse(destination.maxConcurrent(), maxConcurrent);
    if (gates.size() > MOST_KEPT) {
      gates.clear();
    }
    return gates.computeIfAbsent(
        new Key(new DestinationFailures.Name(toolId, destination.name()), limit),
        key ->
            new DestinationGate(
                new DestinationStanding(failures, key.name(), settings.disableAfter()),
                key.name(),
                limit,
                settings.circuitDelay(),
                listener,
                random));
  }

  /** By tool and name. */
  List<DestinationState> states() {
    return gates.values().stream()
        .map(DestinationGate::state)
        .sorted(
            Comparator.comparing(DestinationState::toolId)
                .thenComparing(DestinationState::destination))
        .toList();
  }

  boolean isDisabled(DestinationFailures.Name name) throws StreamUnavailableException {
    return failures.of(name).disabledAt().isPresent();
  }

  /** False when it was not disabled. */
  boolean enable(DestinationFailures.Name name) throws StreamUnavailableException {
    boolean wasDisabled = failures.clear(name);
    for (DestinationGate gate : gates.values()) {
      if (gate.name().equals(name)) {
        gate.standing().forget();
      }
    }
    if (wasDisabled) {
      LOG.atInfo()
          .addKeyValue("tool_id", name.toolId())
          .addKeyValue("destination", name.destination())
          .log("A disabled destination was enabled");
    }
    return wasDisabled;
  }
}
