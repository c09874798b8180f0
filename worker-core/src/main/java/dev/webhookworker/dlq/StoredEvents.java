package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.EventFilter;
import dev.webhookworker.Events;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.StoryLine;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventHistory;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The stored events behind the public API. Thread-safe. */
public final class StoredEvents implements Events {

  private static final int LARGEST_PAGE = 1000;
  private static final int REPLAY_PAGE = 20;

  private final DlqParts parts;
  private final @Nullable EventHistory history;
  private final @Nullable String tenantId;

  private StoredEvents(DlqParts parts, @Nullable EventHistory history, @Nullable String tenantId) {
    this.parts = parts;
    this.history = history;
    this.tenantId = tenantId;
  }

  public static StoredEvents of(
      WorkerConfig config,
      EventStream stream,
      @Nullable EventStore store,
      WorkerListener listener,
      Clock clock) {
    return new StoredEvents(
        DlqParts.of(config, stream, store, listener, clock),
        store == null ? null : store.history().orElse(null),
        null);
  }

  @Override
  public Events forTenant(String tenant) {
    if (tenantId != null && !tenantId.equals(tenant)) {
      throw new IllegalArgumentException("this view is another tenant's");
    }
    return new StoredEvents(parts, history, tenant);
  }

  private EventHistory history() {
    EventHistory found = history;
    if (found == null) {
      throw new UnsupportedOperationException(
          "there is no history of events: add worker-postgres and set DATABASE_NAME");
    }
    return found;
  }

  private EventFilter mine(EventFilter filter) {
    if (tenantId == null || tenantId.equals(filter.tenantId())) {
      return filter;
    }
    if (filter.tenantId() != null) {
      throw new IllegalArgumentException("the filter names another tenant than this view's");
    }
    return filter.withTenantId(tenantId);
  }

  @Override
  public StoredEventPage search(EventFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new IllegalArgumentException(
          "limit is " + limit + "; it must be from 1 to " + LARGEST_PAGE);
    }
    return asked(() -> history().search(mine(filter), cursor, limit));
  }

  @Override
  public long count(EventFilter filter) {
    return asked(() -> history().count(mine(filter)));
  }

  @Override
  public List<StoryLine> story(String eventId) {
    return asked(
        () ->
            isVisible(eventId)
                ? parts.audit().story(eventId).stream()
                    .map(
                        line ->
                            new StoryLine(
                                line.at(),
                                line.action(),
                                line.attempt(),
                                line.actor(),
                                line.detail()))
                    .toList()
                : List.of());
  }

  /** An audit line names no tenant: the event or its dead letter does. */
  private boolean isVisible(String eventId)
      throws StreamUnavailableException, StoreUnavailableException {
    if (tenantId == null) {
      return true;
    }
    EventFilter event = EventFilter.ALL.withEventId(eventId).withTenantId(tenantId);
    if (history != null && !history.search(event, null, 1).items().isEmpty()) {
      return true;
    }
    DeadLetterFilter dead = DeadLetterFilter.ALL.withTenantId(tenantId).withText(eventId);
    return parts.view().page(dead, null, LARGEST_PAGE, false).items().stream()
        .anyMatch(letter -> letter.eventId().equals(eventId));
  }

  @Override
  public int replayAll(EventFilter filter, ReplayPlan plan, String actor, IntConsumer watcher) {
    return asked(() -> replay(mine(filter), plan, actor, watcher));
  }

  private int replay(EventFilter filter, ReplayPlan plan, String actor, IntConsumer watcher)
      throws StreamUnavailableException, StoreUnavailableException {
    // What is replayed is stored as well: without a bound a replay would meet its own events.
    Instant now = parts.clock().instant();
    Instant before = filter.receivedBefore();
    EventFilter bounded =
        filter.withReceived(
            filter.receivedFrom(), before == null || before.isAfter(now) ? now : before);
    Pace pace = new Pace(plan.perSecond());
    @Nullable String cursor = null;
    int published = 0;
    do {
      StoredEventPage page =
          history().search(bounded, cursor, Math.min(REPLAY_PAGE, plan.cap() - published));
      List<AuditEntry> lines = new ArrayList<>();
      List<EntryFields> entries = new ArrayList<>();
      for (StoredEvent event : page.items()) {
        lines.add(
            new AuditEntry(
                event.entryId(),
                event.eventId(),
                "replayed",
                parts.clock().instant(),
                0,
                actor,
                "run " + plan.run()));
        entries.add(EventReplay.entry(event, plan.run(), parts.limits().maxNameLength()));
      }
      parts.audit().write(lines);
      for (EntryFields entry : entries) {
        pace.await();
        parts.queue().publish(List.of(entry));
      }
      published += entries.size();
      watcher.accept(published);
      cursor = page.next();
    } while (cursor != null && published < plan.cap() && !Thread.currentThread().isInterrupted());
    return published;
  }

  private interface Question<T> {
    T ask() throws StreamUnavailableException, StoreUnavailableException;
  }

  private static <T> T asked(Question<T> question) {
    try {
      return question.ask();
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    }
  }
}
