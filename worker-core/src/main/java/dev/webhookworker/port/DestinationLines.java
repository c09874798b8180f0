package dev.webhookworker.port;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The lines in which events wait for ordered destinations, among all workers, in the order of the
 * stream. Whoever left for good without saying so (a dead letter, a duplicate) is no longer in
 * line. Thread-safe.
 */
public interface DestinationLines {

  /** The most entries that {@link Standing#notInLine} names. */
  int MOST_NAMED = 1_000;

  /** An event's place in the line of a destination. */
  record Place(DestinationFailures.Name destination, String entryId) {}

  /**
   * How a place stands.
   *
   * @param ahead events in line before it
   * @param untilFirst how long the first of them waits until it runs again; zero when it runs
   * @param notInLine entries of the stream before it that are in a worker's hands and have neither
   *     come into line nor left it, in order; told only when nobody is ahead
   * @param more whether there may be more of them than are named
   */
  record Standing(long ahead, Duration untilFirst, List<String> notInLine, boolean more) {}

  /** Comes into line, or back into it. */
  Standing join(Place place) throws StreamUnavailableException;

  /** The same for an event that is now put off: it is due at once when it has come to the front. */
  Standing sleep(Place place) throws StreamUnavailableException;

  /**
   * The destination has the event, or won't get it.
   *
   * @param near how many places are at the front: who sleeps there becomes due
   */
  void leave(Place place, int near) throws StreamUnavailableException;

  /** What those entries hold, by id; without those that are gone. */
  Map<String, EntryFields> entries(Collection<String> entryIds) throws StreamUnavailableException;
}
