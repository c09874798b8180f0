package dev.webhookworker.standalone.cli;

import dev.webhookworker.ErasureFilter;
import dev.webhookworker.ErasureReport;
import dev.webhookworker.EventFilter;
import dev.webhookworker.Events;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.StoryLine;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Processed events. */
@Command(
    name = "events",
    description = "Looks at events, runs them again, erases them, finds lost ones.",
    subcommands = {
      EventsCommand.Search.class,
      EventsCommand.Show.class,
      EventsCommand.Replay.class,
      EventsCommand.Erase.class,
      EventsCommand.Reconcile.class
    })
final class EventsCommand {

  private static final List<String> EVENT =
      List.of("event_id", "event_type", "tool", "tenant", "received_at", "processed_at", "entry");
  private static final List<String> STORY = List.of("at", "action", "attempt", "actor", "detail");
  private static final int MOST_ENTRIES = 100;

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }

  private static List<String> row(StoredEvent event) {
    return List.of(
        event.eventId(),
        event.eventType(),
        event.toolId(),
        text(event.tenantId()),
        event.receivedAt().toString(),
        event.processedAt().toString(),
        event.entryId());
  }

  @Command(name = "search", description = "Lists processed events, the oldest first.")
  static final class Search extends WorkerCommand {

    @Mixin EventOptions which = new EventOptions();

    @Option(names = "--limit", paramLabel = "N", description = "At most N, up to 1000.")
    int limit = 50;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Where the last page ended.")
    @Nullable String cursor;

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        StoredEventPage page = worker.events().search(which.filter(), cursor, limit);
        output.page(EVENT, page.items().stream().map(EventsCommand::row).toList(), page.next());
        return ExitCode.OK;
      }
    }
  }

  @Command(
      name = "show",
      description = "Shows an event and what happened to it, encrypted values as ***.")
  static final class Show extends WorkerCommand {

    @Parameters(paramLabel = "EVENT_ID")
    String eventId = "";

    @Mixin ShowOptions how = new ShowOptions();

    @Override
    int run(WorkerConfig config, Output output) {
      try (Worker worker = worker(config)) {
        Events events =
            how.tenant == null ? worker.events() : worker.events().forTenant(how.tenant);
        List<StoredEvent> stored =
            how.reveal
                ? events.reveal(eventId, actor)
                : events.search(EventFilter.ALL.withEventId(eventId), null, MOST_ENTRIES).items();
        List<List<String>> story =
            events.story(eventId).stream().map(EventsCommand.Show::row).toList();
        if (stored.isEmpty() && story.isEmpty()) {
          return notFound(
              "Nothing is known of the event '"
                  + eventId
                  + "'; it may still wait in the stream, or be older than what is kept.");
        }
        show(output, stored.stream().map(EventsCommand.Show::fields).toList(), story);
        return ExitCode.OK;
      }
    }

    private void show(Output output, List<Map<String, String>> stored, List<List<String>> story) {
      if (json) {
        output.object(Map.of("stored", stored, "story", Output.objects(STORY, story)));
        return;
      }
      for (Map<String, String> one : stored) {
        output.fields(one);
        output.note("");
      }
      output.table(STORY, story);
    }

    private static List<String> row(StoryLine line) {
      return List.of(
          line.at().truncatedTo(ChronoUnit.MILLIS).toString(),
          line.action(),
          Integer.toString(line.attempt()),
          line.actor(),
          text(line.detail()));
    }

    private static Map<String, String> fields(StoredEvent event) {
      Map<String, String> all =
          new LinkedHashMap<>(Output.objects(EVENT, List.of(EventsCommand.row(event))).get(0));
      all.put("repository", text(event.repoName()));
      all.put("sender", text(event.senderName()));
      all.put("correlation_id", event.correlationId());
      all.put("attempt", Integer.toString(event.attempt()));
      all.put("worker", event.worker());
      all.put("metadata", text(event.metadata()));
      all.put("payload", event.payload());
      return all;
    }
  }

  @Command(
      name = "replay",
      description = "Runs processed events again as new ones; first shows how many.")
  static final class Replay extends WorkerCommand {

    @Mixin EventOptions which = new EventOptions();

    @Option(
        names = "--run",
        paramLabel = "NAME",
        required = true,
        description = "The replay's name: under one name an event is replayed once.")
    String name = "";

    @Option(names = "--yes", description = "Replay; without it nothing is changed.")
    boolean yes;

    @Option(names = "--cap", paramLabel = "N", description = "At most N; 10000 by default.")
    int cap = 10_000;

    @Option(names = "--per-second", paramLabel = "N", description = "At most N; 100 by default.")
    int perSecond = 100;

    @Override
    int run(WorkerConfig config, Output output) {
      ReplayPlan plan = new ReplayPlan(name, cap, perSecond);
      try (Worker worker = worker(config)) {
        if (!yes) {
          output.fields(Map.of("matched", worker.events().count(which.filter())));
          output.note("Nothing was replayed; repeat with --yes.");
          return ExitCode.OK;
        }
        int published =
            worker
                .events()
                .replayAll(which.filter(), plan, actor, sent -> output.note(sent + " published"));
        output.fields(Map.of("published", published));
        return ExitCode.OK;
      }
    }
  }

  @Command(
      name = "erase",
      description = "Erases what is kept of events in PostgreSQL and Redis; first shows how much.")
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
    int run(WorkerConfig config, Output output) {
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
      try (Worker worker = worker(config)) {
        ErasureReport report =
            yes ? worker.events().erase(filter, actor) : worker.events().erasable(filter);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("matched", report.matched());
        figures.put("events", report.events());
        figures.put("dead_letters", report.deadLetters());
        figures.put("inbox", report.inboxRows());
        figures.put("queued", report.queued());
        figures.put("marks", report.marks());
        output.fields(figures);
        if (!yes) {
          output.note("Nothing was erased; repeat with --yes.");
        }
        return ExitCode.OK;
      }
    }
  }

  @Command(
      name = "reconcile",
      description = "Finds events that were admitted and of which nothing has become.")
  static final class Reconcile extends WorkerCommand {

    @Option(
        names = "--apply",
        description = "Schedule again what is still in the stream; without it nothing is changed.")
    boolean apply;

    @Override
    int run(WorkerConfig config, Output output) {
      List<List<String>> lost = new ArrayList<>();
      try (Worker worker = worker(config)) {
        worker
            .events()
            .reconcile(
                apply,
                actor,
                event ->
                    lost.add(
                        List.of(
                            event.eventId(),
                            event.entryId(),
                            event.end().name().toLowerCase(java.util.Locale.ROOT))));
      }
      output.table(List.of("event_id", "entry", "end"), lost);
      return lost.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }
  }
}
