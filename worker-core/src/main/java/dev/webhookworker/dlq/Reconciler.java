package dev.webhookworker.dlq;

import dev.webhookworker.LostEvent;
import dev.webhookworker.ReconcileReport;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.QueueUpkeep;
import dev.webhookworker.port.QueueUpkeep.Mark;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the marks in the queue with the store. The queue is asked first: what it holds no more
 * has been stored before, so that an event that is just being settled is never taken for lost.
 */
final class Reconciler {

  private final DlqParts parts;
  private final QueueUpkeep queue;
  private final EventStore store;
  private final Duration visibility;
  private final Duration retention;

  // Mutable state, for the calling thread.
  private final Set<EventKey> lost = new HashSet<>();
  private long marks;
  private int requeued;

  Reconciler(DlqParts parts, QueueUpkeep queue, EventStore store, WorkerConfig config) {
    this.parts = parts;
    this.queue = queue;
    this.store = store;
    visibility = config.visibilityTimeout();
    retention = config.storage().eventsRetention();
  }

  ReconcileReport run(boolean apply, String actor, Consumer<LostEvent> watcher)
      throws StreamUnavailableException, StoreUnavailableException {
    @Nullable String cursor = QueueUpkeep.START;
    do {
      QueueUpkeep.Page<Mark> page = queue.marks(cursor);
      marks += page.items().size();
      List<Mark> ended = page.items().stream().filter(this::isOver).toList();
      Set<EventKey> known = store.known(ended.stream().map(Mark::key).toList());
      for (Mark mark : ended) {
        if (!known.contains(mark.key()) && lost.add(mark.key())) {
          LostEvent.End end = apply ? requeue(mark, actor) : look(mark);
          watcher.accept(new LostEvent(mark.key().eventId(), mark.key().entryId(), end));
        }
      }
      cursor = page.next();
    } while (cursor != null && !Thread.currentThread().isInterrupted());
    return new ReconcileReport(marks, lost.size(), requeued);
  }

  /** Nobody has it, and its row, had it been stored, would be there by now and not yet dropped. */
  private boolean isOver(Mark mark) {
    Instant now = parts.clock().instant();
    Instant received = EntryIds.time(mark.key().entryId());
    return !mark.held()
        && received.isBefore(now.minus(visibility))
        && received.isAfter(now.minus(retention));
  }

  private LostEvent.End look(Mark mark) throws StreamUnavailableException {
    return queue.isInStream(mark) ? LostEvent.End.RECOVERABLE : LostEvent.End.DATA_GONE;
  }

  private LostEvent.End requeue(Mark mark, String actor)
      throws StreamUnavailableException, StoreUnavailableException {
    if (look(mark) == LostEvent.End.DATA_GONE) {
      return LostEvent.End.DATA_GONE;
    }
    EventKey key = mark.key();
    parts
        .audit()
        .write(
            List.of(
                new AuditEntry(
                    key.entryId(),
                    key.eventId(),
                    "requeued",
                    parts.clock().instant(),
                    0,
                    actor,
                    "it was lost")));
    if (!queue.requeue(mark)) {
      return LostEvent.End.RECOVERABLE;
    }
    requeued++;
    return LostEvent.End.REQUEUED;
  }
}
