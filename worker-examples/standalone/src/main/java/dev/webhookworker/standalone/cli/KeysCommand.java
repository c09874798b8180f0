package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import java.util.List;
import picocli.CommandLine.Command;

/** Encryption keys. */
@Command(
    name = "keys",
    description = "Rotates encryption keys.",
    subcommands = KeysCommand.Rotate.class)
final class KeysCommand {

  @Command(
      name = "rotate",
      description =
          "Encrypts with the first key what is encrypted with others; goes on where it was stopped.")
  static final class Rotate extends WorkerCommand {

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        List<String> problems =
            storage.rotateKeys(actor, rows -> output.note(rows + " rows looked at"));
        output.table(List.of("problem"), problems.stream().map(List::of).toList());
        return problems.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
      }
    }
  }
}
