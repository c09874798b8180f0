package dev.webhookworker.standalone.cli;

import dev.webhookworker.EventFilter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which processed events; all conditions must hold. */
final class EventOptions {

  @Option(names = "--event-id", paramLabel = "ID", description = "That event.")
  @Nullable String eventId;

  @Option(names = "--type", paramLabel = "TYPE", description = "Of that type.")
  @Nullable String type;

  @Option(names = "--tool", paramLabel = "ID", description = "Of that tool.")
  @Nullable String tool;

  @Option(names = "--tenant", paramLabel = "ID", description = "Of that tenant.")
  @Nullable String tenant;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Received since then, e.g. 2026-11-01T00:00:00Z.")
  @Nullable Instant from;

  @Option(names = "--before", paramLabel = "TIME", description = "Received before then.")
  @Nullable Instant before;

  EventFilter filter() {
    return new EventFilter(eventId, type, tool, tenant, from, before);
  }
}
