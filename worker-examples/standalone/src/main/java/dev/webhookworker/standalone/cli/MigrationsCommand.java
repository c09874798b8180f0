package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The schema's migrations as SQL. */
@Command(
    name = "migrations",
    description = "Prints the schema's migrations, to be run by its owner.")
final class MigrationsCommand extends WorkerCommand {

  @Option(names = "--print", required = true, description = "Print them as SQL.")
  boolean print;

  @Override
  int run(WorkerConfig config, Output output) {
    String schema = config.database().map(database -> database.schema()).orElse("worker");
    spec.commandLine().getOut().println(StorageAdministration.migrations(schema));
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
