package dev.webhookworker.dispatch;

import dev.webhookworker.limit.Wakings;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.port.Waking;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Wakes parked events of tools that have room for them. What waits costs nothing meanwhile: a look
 * asks for the places alone, and turns between two looks are given to those that are known. For the
 * fetch thread.
 */
final class ParkedEvents {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
  private static final Duration WHILE_NONE = Duration.ofSeconds(1);

  /** However many places give turns: they are given together then. */
  private static final Duration BETWEEN_TURNS = Duration.ofMillis(5);

  private final EventStream stream;
  private final Function<Set<String>, Wakings> wakings;
  private final Due look;
  private final Due turn;
  private Set<String> places = Set.of();

  /**
   * @param wakings which of the events at these places may run
   */
  ParkedEvents(EventStream stream, Function<Set<String>, Wakings> wakings, Clocks clocks) {
    this.stream = stream;
    this.wakings = wakings;
    look = new Due(clocks);
    turn = new Due(clocks);
  }

  boolean isDue() {
    return look.isDue() || turn.isDue();
  }

  Duration untilDue() {
    Duration untilLook = look.left();
    Duration untilTurn = turn.left();
    return untilLook.compareTo(untilTurn) < 0 ? untilLook : untilTurn;
  }

  /** Whether any was woken. */
  boolean wake() throws StreamUnavailableException {
    if (!isDue()) {
      return false;
    }
    if (look.isDue()) {
      places = new HashSet<>(stream.parkedPlaces());
      look.in(places.isEmpty() ? WHILE_NONE : BETWEEN_LOOKS);
    }
    Wakings wanted = wakings.apply(places);
    turn.in(wanted.next().compareTo(BETWEEN_TURNS) < 0 ? BETWEEN_TURNS : wanted.next());
    return !wanted.now().isEmpty() && wake(wanted.now());
  }

  private boolean wake(List<Waking> wanted) throws StreamUnavailableException {
    List<Integer> woken = stream.wakeParked(wanted);
    boolean any = false;
    for (int i = 0; i < wanted.size(); i++) {
      Waking waking = wanted.get(i);
      any |= woken.get(i) > 0;
      if (woken.get(i) < waking.most()) {
        // Nothing is left there, as far as is known until the next look.
        places.remove(waking.place());
      } else if (waking.isForAll()) {
        turn.now();
      }
    }
    return any;
  }
}
