package dev.webhookworker.limit;

import dev.webhookworker.port.Waking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The places (tools, or event rules of them) at which events are parked: what is known here of
 * their limits, and how many of the events may come. Where that is not known, or a pause may have
 * ended elsewhere, one event is sent ahead now and then to find out. Thread-safe; {@link #wakings}
 * is for one thread.
 */
final class ParkedPlaces {

  /**
   * Should a parked event never be woken, it comes by itself after that. It is a net for what was
   * lost, and what waits costs by it: 30,000 events some 17 visits a second.
   */
  private static final Duration NET = Duration.ofMinutes(20);

  /** So long is the longest time between two looks, and some more. */
  private static final Duration SEATS_AHEAD = Duration.ofMillis(1_500);

  /**
   * Turns of a pace are given when they have come: what is woken earlier, another worker could
   * take, which has no turn for it.
   */
  private static final Duration PACE_AHEAD = Duration.ofMillis(5);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
  private static final int MOST_AT_ONCE = 1_000;
  private static final long SCOUT_NANOS = 900_000_000L;
  private static final long SCOUTS_APART_NANOS = 20_000_000L;
  private static final long SILENT_NANOS = 30_000_000_000L;

  private final ConcurrentHashMap<String, Watched> watched = new ConcurrentHashMap<>();

  /** What an event found that asked for entry; what there is no limit of is null. */
  record Standing(
      String toolId,
      boolean paused,
      @Nullable Seats seats,
      @Nullable Pace pace,
      @Nullable Circuit circuit) {

    static Standing paused(String toolId) {
      return new Standing(toolId, true, null, null, null);
    }
  }

  private static final class Watched {
    private volatile @Nullable Standing standing;
    // Of the thread that wakes, as System.nanoTime().
    private long woken = System.nanoTime() - SILENT_NANOS;
  }

  /** In half to all of the longest time. */
  static Duration net() {
    return NET.plusMillis(ThreadLocalRandom.current().nextLong(NET.toMillis()));
  }

  boolean isEmpty() {
    return watched.isEmpty();
  }

  /** An event is parked there. */
  void parked(String place, Standing standing) {
    watched.computeIfAbsent(place, unknown -> new Watched()).standing = standing;
  }

  /** An event that asked there found that. */
  void found(String place, Standing standing) {
    Watched known = watched.get(place);
    if (known != null) {
      known.standing = standing;
    }
  }

  /**
   * @param places all that have parked events
   * @param pausedHere tools that this process alone lets wait
   */
  Wakings wakings(Set<String> places, Predicate<String> pausedHere) {
    watched.keySet().retainAll(places);
    long scoutNanos = Math.max(SCOUT_NANOS, places.size() * SCOUTS_APART_NANOS);
    List<Waking> all = new ArrayList<>();
    Duration next = BETWEEN_LOOKS;
    for (String place : places) {
      Watched known = watched.computeIfAbsent(place, unknown -> new Watched());
      waking(place, known, pausedHere, scoutNanos)
          .ifPresent(
              waking -> {
                known.woken = System.nanoTime();
                all.add(waking);
              });
      Duration turn = untilTurn(known);
      next = turn.compareTo(next) < 0 ? turn : next;
    }
    return new Wakings(all, next);
  }

  private static Optional<Waking> waking(
      String place, Watched known, Predicate<String> pausedHere, long scoutNanos) {
    Standing standing = known.standing;
    long silent = System.nanoTime() - known.woken;
    Optional<Waking> scout =
        silent >= scoutNanos ? Optional.of(Waking.now(place, 1)) : Optional.empty();
    if (standing == null) {
      return scout;
    }
    if (pausedHere.test(standing.toolId())) {
      return Optional.empty();
    }
    if (standing.paused()) {
      return scout;
    }
    Circuit circuit = standing.circuit();
    if (circuit != null && circuit.isOpen()) {
      return Optional.empty();
    }
    if (circuit != null && circuit.isOnTrial()) {
      return scout;
    }
    Optional<Waking> inTurn = inTurn(place, standing);
    // A limit may have been raised without any event to tell it.
    return inTurn.isPresent() || silent < SILENT_NANOS ? inTurn : scout;
  }

  private static Duration untilTurn(Watched known) {
    Standing standing = known.standing;
    return standing == null || standing.pace() == null || isBySeats(standing)
        ? BETWEEN_LOOKS
        : standing.pace().untilTurn().plus(PACE_AHEAD.dividedBy(2));
  }

  private static boolean isBySeats(Standing standing) {
    Seats seats = standing.seats();
    Pace pace = standing.pace();
    return pace == null || (seats != null && seats.apart() > pace.apart());
  }

  private static Optional<Waking> inTurn(String place, Standing standing) {
    Seats seats = standing.seats();
    Pace pace = standing.pace();
    if (seats == null && pace == null) {
      return Optional.of(Waking.now(place, MOST_AT_ONCE));
    }
    Turns.Promised promised;
    long apart;
    if (isBySeats(standing) && seats != null) {
      promised = seats.turns(SEATS_AHEAD);
      apart = seats.apart();
    } else if (pace != null) {
      promised = pace.turns(PACE_AHEAD);
      apart = 0;
    } else {
      return Optional.empty();
    }
    return promised.turns() == 0
        ? Optional.empty()
        : Optional.of(
            new Waking(place, promised.turns(), promised.first(), Duration.ofNanos(apart)));
  }
}
