package dev.webhookworker.dlq;

import dev.webhookworker.ErasureFilter;
import dev.webhookworker.ErasureReport;
import dev.webhookworker.LostEvent;
import dev.webhookworker.ReconcileReport;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EncryptionContext;
import dev.webhookworker.port.ErasedRows;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What concerns queue and store together: erasure, and the search for lost events. Thread-safe. */
final class Upkeep {

  private final DlqParts parts;
  private final EventStream stream;
  private final @Nullable EventStore store;
  private final WorkerConfig config;

  Upkeep(DlqParts parts, EventStream stream, @Nullable EventStore store, WorkerConfig config) {
    this.parts = parts;
    this.stream = stream;
    this.store = store;
    this.config = config;
  }

  /**
   * The queue first: what it has could come to the store again. Then the store, which writes the
   * audit lines of its events in the same transaction.
   */
  ErasureReport erase(ErasureFilter filter, String actor, boolean dryRun)
      throws StreamUnavailableException, StoreUnavailableException {
    ErasedRows stored =
        store == null ? ErasedRows.NONE : store.erase(filter, this::decrypted, actor, true);
    QueueUpkeep queue = stream.upkeep().orElse(null);
    Set<EventKey> queued =
        queue == null ? Set.of() : new QueuedSubjects(parts, queue, filter).find();
    Set<EventKey> all = new LinkedHashSet<>(stored.keys());
    List<EventKey> onlyQueued = queued.stream().filter(all::add).toList();
    int matched = stored.matched() + onlyQueued.size();
    if (dryRun) {
      return new ErasureReport(
          matched, stored.events(), stored.deadLetters(), stored.inboxRows(), queued.size(), 0);
    }
    parts.audit().write(onlyQueued.stream().map(key -> erased(key, filter, actor)).toList());
    QueueUpkeep.Forgotten forgotten =
        queue == null ? new QueueUpkeep.Forgotten(0, 0) : queue.forget(List.copyOf(all));
    ErasedRows rows =
        store == null ? ErasedRows.NONE : store.erase(filter, this::decrypted, actor, false);
    return new ErasureReport(
        matched,
        rows.events(),
        rows.deadLetters(),
        rows.inboxRows(),
        forgotten.entries(),
        forgotten.marks());
  }

  private String decrypted(EncryptionContext context, String payload) {
    return parts.encryption().decrypt(context, payload).text();
  }

  private AuditEntry erased(EventKey key, ErasureFilter filter, String actor) {
    return new AuditEntry(
        key.entryId(),
        key.eventId(),
        "erased",
        parts.clock().instant(),
        0,
        actor,
        "by " + filter.described());
  }

  ReconcileReport reconcile(boolean apply, String actor, Consumer<LostEvent> watcher)
      throws StreamUnavailableException, StoreUnavailableException {
    QueueUpkeep queue = stream.upkeep().orElse(null);
    if (queue == null || store == null) {
      throw new UnsupportedOperationException(
          "what was lost can only be told where events are stored: add worker-redis,"
              + " worker-postgres and DATABASE_NAME");
    }
    return new Reconciler(parts, queue, store, config).run(apply, actor, watcher);
  }
}
