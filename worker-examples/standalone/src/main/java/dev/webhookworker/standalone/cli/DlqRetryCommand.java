package dev.webhookworker.standalone.cli;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one dead letter again, edited or not, or those that match. */
@Command(
    name = "retry",
    description = "Retries one dead letter, or those that match: first shows how many.")
final class DlqRetryCommand extends WorkerCommand {

  private static final int TOLD_EACH = 1000;

  private int told;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "One dead letter.")
  @Nullable String id;

  @Mixin DeadLetterOptions which = new DeadLetterOptions();

  @Option(
      names = "--payload",
      paramLabel = "FILE",
      description = "Retry ID with this payload; *** stands for an encrypted value that is there.")
  @Nullable Path payload;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why the payload was edited.")
  @Nullable String reason;

  @Option(names = "--yes", description = "Retry what matches; without it nothing is changed.")
  boolean yes;

  @Option(
      names = "--canary",
      description = "First 1, then 10, then the rest; ends when one fails again.")
  boolean canary;

  @Option(names = "--cap", paramLabel = "N", description = "At most N; 10000 by default.")
  int cap = BulkRetryPlan.CAREFUL.cap();

  @Option(names = "--per-second", paramLabel = "N", description = "At most N; 100 by default.")
  int perSecond = BulkRetryPlan.CAREFUL.perSecond();

  @Option(
      names = "--resume",
      paramLabel = "TIME",
      description = "Go on with a retry that was started then: what has failed since is left.")
  @Nullable Instant startedAt;

  @Override
  int run(WorkerConfig config, Output output) throws IOException {
    try (Worker worker = worker(config)) {
      DeadLetters letters = DlqCommand.letters(worker, which.tenant);
      return id == null ? several(letters, output) : one(letters, id, output);
    }
  }

  private int one(DeadLetters letters, String one, Output output) throws IOException {
    if (!which.isEmptyButForTenant() || (payload == null) != (reason == null)) {
      throw new IllegalArgumentException(
          "with an id give no conditions, and --payload only together with --reason");
    }
    return DlqCommand.told(
        output,
        one,
        payload == null || reason == null
            ? letters.retry(one, actor)
            : letters.retryEdited(one, Files.readString(payload), actor, reason));
  }

  private int several(DeadLetters letters, Output output) {
    if (payload != null) {
      throw new IllegalArgumentException("--payload needs the id of one dead letter");
    }
    if (!yes) {
      output.fields(Map.of("matched", letters.count(which.filter())));
      output.note("Nothing was retried; repeat with --yes.");
      return ExitCode.OK;
    }
    BulkRetryPlan plan =
        new BulkRetryPlan(
            cap, perSecond, canary, BulkRetryPlan.CAREFUL.canaryPatience(), startedAt);
    BulkRetryProgress end =
        letters.retryAll(which.filter(), plan, actor, progress -> tell(progress, output));
    output.table(
        List.of("state", "sent", "skipped", "started_at"),
        List.of(
            List.of(
                end.state().name().toLowerCase(Locale.ROOT),
                Integer.toString(end.sent()),
                Integer.toString(end.skipped()),
                end.startedAt().toString())));
    return end.state() == BulkRetryProgress.State.COMPLETE ? ExitCode.OK : ExitCode.FOUND;
  }

  private void tell(BulkRetryProgress progress, Output output) {
    if (progress.sent() - told >= TOLD_EACH) {
      told = progress.sent();
      output.note(told + " sent");
    }
  }
}
