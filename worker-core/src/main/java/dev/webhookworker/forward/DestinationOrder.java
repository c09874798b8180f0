package dev.webhookworker.forward;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.DestinationFailures;
import dev.webhookworker.port.DestinationLines;
import dev.webhookworker.port.DestinationLines.Place;
import dev.webhookworker.port.DestinationLines.Standing;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Whose turn it is at ordered destinations: an event's when none before it in the stream may still
 * want to go there. Those are the ones in the destination's line, and entries in some worker's
 * hands that have not come into line yet; which tool these are of is read from the stream.
 * Thread-safe.
 */
final class DestinationOrder {

  private static final int READ_AT_ONCE = 50;
  private static final int MOST_KNOWN = 50_000;
  private static final long MILLIS_FOR_EACH = 20;
  private static final long NEXT_LOOKS_AGAIN_MILLIS = 2;
  private static final long OTHERS_LOOK_AGAIN_MILLIS = 10;
  private static final Duration SOON = Duration.ofMillis(500);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(10);
  private static final Duration PAUSE_WITHOUT_STREAM = Duration.ofSeconds(2);
  private static final long WATCHED_NANOS = 5_000_000_000L;

  private final DestinationLines lines;
  private final ToolEvents events;
  private final RandomGenerator random;
  private final int near;
  private final Semaphore waiting;

  // Guarded by itself; the eldest are forgotten.
  private final Map<Place, Boolean> othersEvents =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Boolean> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  // Signalled when an event of this worker leaves a line.
  private final Object departures = new Object();

  // Guarded by departures: how many have left.
  private long departed;

  private volatile long watchedUntilNanos = System.nanoTime();

  /**
   * @param mostWaiting handlers that may wait for a turn at a time, at all destinations
   */
  DestinationOrder(
      DestinationLines lines, ToolEvents events, int mostWaiting, RandomGenerator random) {
    this.lines = lines;
    this.events = events;
    this.random = random;
    near = mostWaiting;
    waiting = new Semaphore(mostWaiting);
  }

  /** Comes into line; an event does so before anything can put it off. */
  void join(Place place) throws StreamUnavailableException {
    lines.join(place);
  }

  /** Empty when it is the event's turn. */
  Optional<Wait> ask(Place place, Destination destination) {
    try {
      return asked(lines.join(place), place, destination);
    } catch (StreamUnavailableException away) {
      return Optional.of(new Wait(PAUSE_WITHOUT_STREAM, Wait.NOT_NEAR));
    }
  }

  /** Puts the event off; empty when its turn has come meanwhile. */
  Optional<Duration> sleep(Place place, Destination destination) {
    try {
      return asked(lines.sleep(place), place, destination).map(Wait::longest);
    } catch (StreamUnavailableException away) {
      return Optional.of(PAUSE_WITHOUT_STREAM);
    }
  }

  /**
   * An event that is not the next one.
   *
   * @param longest when to come back at the latest
   * @param lookAgainMillis when to look again because its turn may be near; {@link #NOT_NEAR} when
   *     it is not
   */
  record Wait(Duration longest, long lookAgainMillis) {
    static final long NOT_NEAR = Long.MAX_VALUE;
  }

  private Optional<Wait> asked(Standing standing, Place place, Destination destination)
      throws StreamUnavailableException {
    if (standing.ahead() == 0
        && !standing.more()
        && allOthers(standing.notInLine(), place.destination(), destination)) {
      return Optional.empty();
    }
    watchedUntilNanos = System.nanoTime() + WATCHED_NANOS;
    Duration first = standing.untilFirst();
    long behind = 100 + MILLIS_FOR_EACH * standing.ahead();
    Duration own =
        Duration.ofMillis(
            Math.min(LONGEST_SLEEP.toMillis(), random.nextLong(behind, behind + behind / 2)));
    if (standing.ahead() > near || first.compareTo(SOON) >= 0) {
      return Optional.of(new Wait(first.plus(own), Wait.NOT_NEAR));
    }
    long lookAgain = standing.ahead() <= 1 ? NEXT_LOOKS_AGAIN_MILLIS : OTHERS_LOOK_AGAIN_MILLIS;
    return Optional.of(new Wait(first.plus(own), lookAgain));
  }

  /** Whether none of these entries can be an event for the destination. */
  private boolean allOthers(
      List<String> entryIds, DestinationFailures.Name name, Destination destination)
      throws StreamUnavailableException {
    List<String> unknown = new ArrayList<>();
    synchronized (othersEvents) {
      for (String id : entryIds) {
        if (!othersEvents.containsKey(new Place(name, id))) {
          unknown.add(id);
        }
      }
    }
    for (int from = 0; from < unknown.size(); from += READ_AT_ONCE) {
      List<String> some = unknown.subList(from, Math.min(unknown.size(), from + READ_AT_ONCE));
      Map<String, EntryFields> read = lines.entries(some);
      for (String id : some) {
        EntryFields fields = read.get(id);
        // What is gone from the stream may be in a worker's hands all the same.
        if (fields == null || mayBeFor(destination, name.toolId(), id, fields)) {
          return false;
        }
        synchronized (othersEvents) {
          othersEvents.put(new Place(name, id), true);
        }
      }
    }
    return true;
  }

  private boolean mayBeFor(
      Destination destination, String toolId, String entryId, EntryFields fields) {
    try {
      Optional<WebhookEvent> event = events.of(toolId, entryId, fields);
      return event.isPresent() && destination.takesType(event.get());
    } catch (Exception unknown) {
      return true;
    }
  }

  /** Leaves the line; what can't be said is found out by those behind, once the event has ended. */
  void leave(Place place) {
    try {
      lines.leave(place, near);
    } catch (StreamUnavailableException away) {
      // The line is looked through by whoever comes next.
    }
    synchronized (departures) {
      departed++;
      departures.notifyAll();
    }
  }

  /** A handler's leave to wait for a turn; to be given back. False when too many wait. */
  boolean beginWaiting() {
    return waiting.tryAcquire();
  }

  void endWaiting() {
    waiting.release();
  }

  /** Until an event of this worker leaves a line, at most that long. */
  void awaitDeparture(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (departures) {
      long seen = departed;
      long left = millis;
      while (departed == seen && left > 0) {
        departures.wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    }
  }

  /**
   * Whether events of this worker wait, so that they or those before them may be due any moment.
   */
  boolean hasWaiting() {
    return System.nanoTime() - watchedUntilNanos < 0;
  }
}
