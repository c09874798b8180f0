package dev.webhookworker;

import java.util.List;
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

  /** How many there are: the preview of {@link #replayAll}. */
  long count(EventFilter filter);

  /** What happened to an event, in order, its dead letters and acts on them included. */
  List<StoryLine> story(String eventId);

  /**
   * Publishes events again, the oldest first, in the calling thread. Each is a new event with the
   * id {@code <event id>~<run>} and the original's ids as {@code replayed_from} in its metadata, so
   * that it has a mark and a row of its own and runs once, however often this is repeated.
   *
   * @param watcher is told how many were published, after each page
   * @return how many were published
   */
  int replayAll(EventFilter filter, ReplayPlan plan, String actor, IntConsumer watcher);
}
