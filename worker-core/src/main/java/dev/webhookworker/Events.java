package dev.webhookworker;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at processed events and runs them again. Searching and replaying need a store with a
 * history (worker-postgres) and throw {@link UnsupportedOperationException} without one.
 * Thread-safe; every method may throw {@link DeadLetters.UnavailableException} and may then be
 * repeated.
 */
public interface Events {

  /** The same for one tenant: what belongs to others or to nobody does not exist for it. */
  Events forTenant(String tenantId);

  /**
   * A page, the oldest first.
   *
   * @param cursor {@link StoredEventPage#next()} of the page before, null for the first
   * @param limit 1 to 1000
   */
  StoredEventPage search(EventFilter filter, @Nullable String cursor, int limit);

  /**
   * What is stored of an event, its payload as it was received. Who looked is in the audit log.
   *
   * @return its rows, one for each entry; empty when there is none
   * @throws DeadLetters.UnreadableException when a value does not open
   */
  List<StoredEvent> reveal(String eventId, String actor);

  /** How many there are, replays included: the preview of {@link #replayAll}. */
  long count(EventFilter filter);

  /** What happened to an event, in order, its dead letters and acts on them included. */
  List<StoryLine> story(String eventId);

  /**
   * Publishes events again, the oldest first, in the calling thread. Each is a new event with the
   * id {@code <event id>~<run>~<entry id>} and the original's ids as {@code replayed_from} in its
   * metadata, so that it has a mark and a row of its own and runs once, however often this is
   * repeated. Events that came of a replay themselves are skipped, for their originals are there;
   * and what does not open with the keys at hand, with a line in the log.
   *
   * @param watcher is told how many were published, after each page
   * @return how many were published
   */
  int replayAll(EventFilter filter, ReplayPlan plan, String actor, IntConsumer watcher);

  /**
   * How much {@link #erase} would erase. Reads what is stored and what is queued.
   *
   * @throws UnsupportedOperationException for the view of one tenant: name it in the filter
   */
  ErasureReport erasable(ErasureFilter filter);

  /**
   * Erases what is kept of events in the store and in the queue: rows, dead letters, waiting
   * retries, marks. Leaves an audit line for each event, without the data. What a handler has in
   * its hands may still be stored when it ends; entries of the stream that are done go with its
   * retention.
   *
   * @throws UnsupportedOperationException for the view of one tenant: name it in the filter
   */
  ErasureReport erase(ErasureFilter filter, String actor);

  /**
   * Looks for events that were admitted and are neither stored, pending, waiting for a retry nor
   * dead, as after a failover that has lost the last second, or a restore; entries younger than the
   * visibility timeout are left alone. Reads every idempotency mark.
   *
   * @param apply whether those whose entry is still in the stream are scheduled again; each leaves
   *     an audit line
   * @param watcher is told of each as it is found
   * @throws UnsupportedOperationException without a store or a queue that can tell, or for the view
   *     of one tenant
   */
  ReconcileReport reconcile(boolean apply, String actor, Consumer<LostEvent> watcher);
}
