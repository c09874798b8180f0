package dev.webhookworker.standalone.cli;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterDetails;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Dead letters. */
@Command(
    name = "dlq",
    description = "Looks at dead letters and deals with them.",
    subcommands = {
      DlqCommand.ListLetters.class,
      DlqCommand.Show.class,
      DlqCommand.Stats.class,
      DlqRetryCommand.class,
      DlqCommand.Discard.class
    })
final class DlqCommand {

  private static final int SHOWN_OF_MESSAGE = 80;
  private static final List<String> LETTER =
      List.of("id", "dead_at", "status", "event_id", "event_type", "tool", "retries", "error");
  private static final List<String> GROUP =
      List.of("cause", "count", "first_seen", "last_seen", "error_class", "error");

  static DeadLetters letters(Worker worker, @Nullable String tenant) {
    return tenant == null ? worker.deadLetters() : worker.deadLetters().forTenant(tenant);
  }

  private static Instant toMillis(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS);
  }

  private static String shown(String message, boolean whole) {
    return whole || message.length() <= SHOWN_OF_MESSAGE
        ? message
        : message.substring(0, SHOWN_OF_MESSAGE) + "...";
  }

  private static List<String> row(DeadLetter letter, boolean whole) {
    return List.of(
        letter.id(),
        toMillis(letter.deadAt()).toString(),
        letter.status().code(),
        letter.eventId(),
        letter.eventType(),
        Objects.requireNonNullElse(letter.toolId(), ""),
        Integer.toString(letter.retryCount()),
        shown(letter.errorMessage(), whole));
  }

  @Command(name = "list", description = "Lists dead letters, newest first; the open ones.")
  static final class ListLetters extends WorkerCommand {

    @Mixin DeadLetterOptions which = new DeadLetterOptions();

    @Option(names = "--limit", paramLabel = "N", description = "At most N, up to 1000.")
    int limit = 50;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Where the last page ended.")
    @Nullable String cursor;

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        DeadLetterPage page = worker.deadLetters().list(which.filter(), cursor, limit);
        output.page(
            LETTER, page.items().stream().map(letter -> row(letter, json)).toList(), page.next());
        return ExitCode.OK;
      }
    }
  }

  @Command(name = "show", description = "Shows a dead letter, encrypted values as ***.")
  static final class Show extends WorkerCommand {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Mixin ShowOptions how = new ShowOptions();

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        DeadLetters letters = letters(worker, how.tenant);
        Optional<DeadLetterDetails> found =
            how.reveal ? letters.reveal(id, actor) : letters.show(id);
        if (found.isEmpty()) {
          return notFound(
              "There is no dead letter '" + id + "'; 'dlq list' shows the ids of the open ones.");
        }
        output.fields(fields(found.get()));
        return ExitCode.OK;
      }
    }

    private static Map<String, Object> fields(DeadLetterDetails details) {
      DeadLetter letter = details.deadLetter();
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("id", letter.id());
      all.put("status", letter.status().code());
      all.put("event_id", letter.eventId());
      all.put("event_type", letter.eventType());
      all.put("tool", letter.toolId());
      all.put("tenant", letter.tenantId());
      all.put("reason", letter.reason());
      all.put("error_class", letter.errorClass());
      all.put("error", letter.errorMessage());
      all.put("cause", letter.fingerprint());
      all.put("received_at", letter.firstReceivedAt().toString());
      all.put("dead_at", toMillis(letter.deadAt()).toString());
      all.put("worker", letter.worker());
      all.put("retries", letter.retryCount());
      all.put(
          "retried_by",
          details.retries().stream()
              .map(retry -> toMillis(retry.at()) + " " + retry.actor())
              .toList());
      all.put(
          "attempts",
          details.attempts().stream()
              .map(
                  attempt ->
                      toMillis(attempt.at())
                          + " "
                          + attempt.errorClass()
                          + ": "
                          + attempt.message())
              .toList());
      all.put("warnings", details.warnings());
      all.put("fields", details.fields());
      all.put("payload", details.payload());
      return all;
    }
  }

  @Command(name = "stats", description = "Counts dead letters by status, and the open by cause.")
  static final class Stats extends WorkerCommand {

    @Mixin DeadLetterOptions which = new DeadLetterOptions();

    @Option(names = "--limit", paramLabel = "N", description = "At most N causes.")
    int limit = 20;

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        DeadLetterFilter filter = which.filter();
        Map<String, Long> counts = new LinkedHashMap<>();
        for (DeadLetterStatus status : DeadLetterStatus.values()) {
          counts.put(
              status.code(), worker.deadLetters().count(filter.withStatuses(Set.of(status))));
        }
        List<List<String>> groups =
            worker.deadLetters().groups(filter, limit).stream().map(group -> row(group)).toList();
        if (json) {
          output.object(Map.of("by_status", counts, "by_cause", Output.objects(GROUP, groups)));
        } else {
          output.fields(counts);
          output.note("");
          output.table(GROUP, groups);
        }
        return ExitCode.OK;
      }
    }

    private List<String> row(DeadLetterGroup group) {
      return List.of(
          group.fingerprint(),
          Long.toString(group.count()),
          toMillis(group.firstSeen()).toString(),
          toMillis(group.lastSeen()).toString(),
          group.sample().errorClass(),
          shown(group.sample().errorMessage(), json));
    }
  }

  @Command(name = "discard", description = "Gives a dead letter up: it will not be processed.")
  static final class Discard extends WorkerCommand {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(names = "--tenant", paramLabel = "ID", description = "Only if it is that tenant's.")
    @Nullable String tenant;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
    String reason = "";

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        return told(output, id, letters(worker, tenant).discard(id, actor, reason));
      }
    }
  }

  /** Shows what came of an act on one dead letter. */
  static int told(Output output, String id, DeadLetterResult result) {
    output.table(
        List.of("id", "result"),
        List.of(List.of(id, result.name().toLowerCase(java.util.Locale.ROOT))));
    return result == DeadLetterResult.DONE ? ExitCode.OK : ExitCode.FOUND;
  }
}
