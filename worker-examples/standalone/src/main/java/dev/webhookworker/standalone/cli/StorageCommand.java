package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import java.util.List;
import picocli.CommandLine.Command;

/** The store's housekeeping. */
@Command(
    name = "storage",
    description = "Does the store's housekeeping by hand.",
    subcommands = StorageCommand.Maintain.class)
final class StorageCommand {

  @Command(
      name = "maintain",
      description = "Makes and drops partitions, seals the audit log, prunes the inbox.")
  static final class Maintain extends WorkerCommand {

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        List<String> problems = storage.maintain();
        output.table(List.of("problem"), problems.stream().map(List::of).toList());
        return problems.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
      }
    }
  }
}
