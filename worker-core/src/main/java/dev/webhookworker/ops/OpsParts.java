package dev.webhookworker.ops;

import dev.webhookworker.DeadLetters;
import dev.webhookworker.Events;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.dlq.AuditTrail;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.health.WorkerHealth;
import dev.webhookworker.limit.ToolGates;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.spi.LogLevels;
import dev.webhookworker.spi.ToolConfig;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows and steers.
 *
 * @param store null when events are not stored
 * @param fileTools the tools of the tools file
 * @param logLevels null when the host has not said how levels are changed
 */
public record OpsParts(
    WorkerConfig config,
    Engine engine,
    EventStream stream,
    @Nullable EventStore store,
    WorkerHealth health,
    DeadLetters deadLetters,
    Events events,
    ToolGates gates,
    Forwarding forwarding,
    AuditTrail audit,
    Activity activity,
    List<ToolConfig> fileTools,
    @Nullable LogLevels logLevels,
    Clock clock) {

  public OpsParts {
    fileTools = List.copyOf(fileTools);
  }

  public DisabledDestinations disabledDestinations() {
    return new DisabledDestinations(forwarding, audit, clock);
  }
}
