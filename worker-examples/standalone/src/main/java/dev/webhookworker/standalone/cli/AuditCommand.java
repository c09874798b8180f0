package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import java.time.LocalDate;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The audit log. */
@Command(
    name = "audit",
    description = "Verifies the audit log.",
    subcommands = AuditCommand.Verify.class)
final class AuditCommand {

  @Command(
      name = "verify",
      description = "Finds rows that were changed, removed or put in since they were sealed.")
  static final class Verify extends WorkerCommand {

    @Option(names = "--from", paramLabel = "DAY", description = "The first day, e.g. 2026-11-01.")
    LocalDate from = LocalDate.MIN;

    @Option(names = "--to", paramLabel = "DAY", description = "The last day.")
    LocalDate to = LocalDate.MAX;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        StorageAdministration.AuditReport report = storage.verifyAudit(from, to);
        if (json) {
          output.object(report);
        } else {
          output.table(
              List.of("day", "blocks", "rows", "head"),
              report.days().stream()
                  .map(day -> List.of(day.day(), "" + day.blocks(), "" + day.rows(), day.head()))
                  .toList());
          output.note("");
          output.table(
              List.of("day", "difference", "block", "row"),
              report.differences().stream()
                  .map(one -> List.of(one.day(), one.kind(), "" + one.block(), "" + one.rowId()))
                  .toList());
        }
        return report.differences().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
      }
    }
  }
}
