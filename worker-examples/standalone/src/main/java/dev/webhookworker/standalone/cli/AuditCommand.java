package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
      description =
          "Finds rows that were changed, removed, put in or not sealed, and broken seals.")
  static final class Verify extends WorkerCommand {

    @Option(names = "--from", paramLabel = "DAY", description = "The first day, e.g. 2026-11-01.")
    LocalDate from = LocalDate.MIN;

    @Option(names = "--to", paramLabel = "DAY", description = "The last day.")
    LocalDate to = LocalDate.MAX;

    @Option(
        names = "--head",
        paramLabel = "HASH",
        description =
            "A head that an earlier run has shown and that was kept elsewhere, of the whole log or"
                + " of a day. It is looked for in all days.")
    @Nullable String head;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        StorageAdministration.AuditReport report =
            head == null ? storage.verifyAudit(from, to) : storage.verifyAudit(from, to, head);
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
          report.differences().stream()
              .flatMap(one -> explained(one.kind(), report.lastSealed()).stream())
              .forEach(output::note);
        }
        return report.differences().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
      }
    }

    private static Optional<String> explained(String kind, String lastSealed) {
      return switch (kind) {
        case "not_sealed" ->
            Optional.of(
                lastSealed.isEmpty()
                    ? "Nothing was ever sealed."
                    : "Nothing sealed since " + lastSealed + ".");
        case "sealed_anew" ->
            Optional.of("The log is long older than its first seal: its seals were made anew.");
        case "head_unknown" ->
            Optional.of(
                "The log never had that head, or it is older than what is kept of the audit log.");
        default -> Optional.empty();
      };
    }
  }
}
