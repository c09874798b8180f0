package dev.webhookworker.dlq;

import static dev.webhookworker.dlq.DlqParts.asked;

import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.ErasureFilter;
import dev.webhookworker.ErasureReport;
import dev.webhookworker.EventFilter;
import dev.webhookworker.Events;
import dev.webhookworker.LostEvent;
import dev.webhookworker.ReconcileReport;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.StoredEvent;
import dev.webhookworker.StoredEventPage;
import dev.webhookworker.StoryLine;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.crypto.FieldEncryption;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EventHistory;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored events behind the public API. Thread-safe. */
public final class StoredEvents implements Events {

  private static final Logger LOG = LoggerFactory.getLogger(StoredEvents.class);
  private static final int LARGEST_PAGE = 1000;
  private static final int LARGEST_REPLAY = 200;

  private final DlqParts parts;
  private final @Nullable EventHistory history;
  private final Upkeep upkeep;
  private final @Nullable String tenantId;

  private StoredEvents(
      DlqParts parts, @Nullable EventHistory history, Upkeep upkeep, @Nullable String tenantId) {
    this.parts = parts;
    this.history = history;
    this.upkeep = upkeep;
    this.tenantId = tenantId;
  }

  public static StoredEvents of(
      DlqParts parts, EventStream stream, @Nullable EventStore store, WorkerConfig config) {
    return new StoredEvents(
        parts,
        store == null ? null : store.history().orElse(null),
        new Upkeep(parts, stream, store, config),
        null);
  }

  @Override
  public Events forTenant(String tenant) {
    if (tenantId != null && !tenantId.equals(tenant)) {
      throw new IllegalArgumentException("this view is another tenant's");
    }
    return new StoredEvents(parts, history, upkeep, tenant);
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
    return asked(
        () -> {
          StoredEventPage page = history().search(mine(filter), cursor, limit);
          return new StoredEventPage(
              page.items().stream()
                  .map(event -> event.withPayload(FieldEncryption.masked(event.payload())))
                  .toList(),
              page.next());
        });
  }

  @Override
  public List<StoredEvent> reveal(String eventId, String actor) {
    return asked(
        () -> {
          EventFilter one = mine(EventFilter.ALL.withEventId(eventId));
          List<StoredEvent> events = new ArrayList<>();
          List<AuditEntry> lines = new ArrayList<>();
          for (StoredEvent event : history().search(one, null, LARGEST_PAGE).items()) {
            events.add(event.withPayload(new String(opened(event), StandardCharsets.UTF_8)));
            lines.add(line(event, "payload_revealed", actor, null));
          }
          parts.audit().write(lines);
          return events;
        });
  }

  private byte[] opened(StoredEvent event) throws DecryptionException {
    return parts
        .encryption()
        .open(
            EncryptionContext.ofEvent(event.tenantId(), event.entryId(), event.eventId()),
            event.payload().getBytes(StandardCharsets.UTF_8));
  }

  private AuditEntry line(StoredEvent event, String action, String actor, @Nullable String detail) {
    return new AuditEntry(
        event.entryId(), event.eventId(), action, parts.clock().instant(), 0, actor, detail);
  }

  @Override
  public long count(EventFilter filter) {
    return asked(() -> history().count(mine(filter)));
  }

  @Override
  public List<StoryLine> story(String eventId) {
    return asked(
        () ->
            parts.audit().knowsTenants() || isVisible(eventId)
                ? parts.audit().story(eventId, tenantId).stream()
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

  /** An audit line of the queue names no tenant: its dead letter does. */
  private boolean isVisible(String eventId)
      throws StreamUnavailableException, StoreUnavailableException {
    if (tenantId == null) {
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
    PageSize size = new PageSize(Math.min(LARGEST_REPLAY, pace.group()));
    @Nullable String cursor = null;
    int published = 0;
    do {
      StoredEventPage page =
          history().search(bounded, cursor, Math.min(size.next(), plan.cap() - published));
      List<AuditEntry> lines = new ArrayList<>();
      List<EntryFields> entries = new ArrayList<>();
      for (StoredEvent event : page.items()) {
        if (EventReplay.isReplay(event)) {
          continue;
        }
        try {
          entries.add(
              EventReplay.entry(event, opened(event), plan.run(), parts.limits().maxNameLength()));
          lines.add(line(event, "replayed", actor, "run " + plan.run()));
        } catch (DecryptionException unreadable) {
          LOG.atWarn()
              .addKeyValue("event_id", event.eventId())
              .addKeyValue("problem", unreadable.getMessage())
              .log("An event is not replayed: its payload does not open");
        }
      }
      parts.audit().write(lines);
      pace.await(entries.size());
      parts.queue().publish(entries);
      if (!entries.isEmpty()) {
        size.fit(entries.size(), entries.stream().mapToLong(EntryFields::byteSize).sum());
      }
      published += entries.size();
      watcher.accept(published);
      cursor = page.next();
    } while (cursor != null && published < plan.cap() && !Thread.currentThread().isInterrupted());
    return published;
  }

  private Upkeep upkeep() {
    if (tenantId != null) {
      throw new UnsupportedOperationException(
          "this is the view of one tenant; use worker.events(), and name the tenant in the filter");
    }
    return upkeep;
  }

  @Override
  public ErasureReport erasable(ErasureFilter filter) {
    return asked(() -> upkeep().erase(filter, "", true));
  }

  @Override
  public ErasureReport erase(ErasureFilter filter, String actor) {
    return asked(() -> upkeep().erase(filter, actor, false));
  }

  @Override
  public ReconcileReport reconcile(boolean apply, String actor, Consumer<LostEvent> watcher) {
    return asked(() -> upkeep().reconcile(apply, actor, watcher));
  }
}
