package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.ErasureFilter;
import dev.webhookworker.postgres.StorageAdministration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stored events. */
@Command(
    name = "events",
    description = "Looks after stored events.",
    subcommands = EventsCommand.Erase.class)
final class EventsCommand {

  @Command(
      name = "erase",
      description =
          "Erases events, dead letters and inbox rows of PostgreSQL; first shows how many.")
  static final class Erase extends WorkerCommand {

    @Option(names = "--tenant", paramLabel = "ID", description = "Of that tenant.")
    @Nullable String tenant;

    @Option(names = "--event-id", paramLabel = "ID", description = "That event; may be repeated.")
    List<String> eventIds = new ArrayList<>();

    @Option(
        names = "--subject",
        paramLabel = "POINTER=VALUE",
        description = "Whose payload has that value there, e.g. /customer/id=42.")
    @Nullable String subject;

    @Option(names = "--yes", description = "Erase; without it nothing is changed.")
    boolean yes;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      int equals = subject == null ? -1 : subject.indexOf('=');
      if (subject != null && equals < 0) {
        throw new IllegalArgumentException("--subject is POINTER=VALUE, e.g. /customer/id=42");
      }
      ErasureFilter filter =
          new ErasureFilter(
              tenant,
              eventIds,
              subject == null ? null : subject.substring(0, equals),
              subject == null ? null : subject.substring(equals + 1));
      try (StorageAdministration storage = storage(config)) {
        Map<String, Integer> figures = storage.erase(filter, actor, !yes);
        output.table(
            List.copyOf(figures.keySet()),
            List.of(figures.values().stream().map(String::valueOf).toList()));
        if (!yes) {
          output.note("Nothing was erased; repeat with --yes.");
        }
        return ExitCode.OK;
      }
    }
  }
}
