package dev.webhookworker.memory;

import dev.webhookworker.port.ResourceTurns;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whose turn it is at resources, by the same rules as on Redis. Forgets nothing. Thread-safe. */
final class InMemoryTurns implements ResourceTurns {

  private final Clock clock;

  // Guarded by this.
  private final Map<String, State> states = new HashMap<>();

  private record Holder(Turn turn, Instant until) {
    boolean isOther(Turn other, Instant now) {
      return !turn.entryId().equals(other.entryId()) && until.isAfter(now);
    }
  }

  private static final class State {
    private @Nullable String done;
    private @Nullable Holder running;
    private @Nullable Holder waiting;
    private @Nullable Turn ended;
    private @Nullable Turn success;

    /** Whether a newer run of the turn's entry began or ended. */
    boolean isLate(Turn turn) {
      return (running != null && isNewer(running.turn(), turn))
          || (ended != null && isNewer(ended, turn))
          || (success != null && isNewer(success, turn));
    }

    boolean hasEnded(Turn turn) {
      return turn.equals(ended) || turn.equals(success);
    }
  }

  private static boolean isNewer(Turn one, Turn other) {
    return one.entryId().equals(other.entryId()) && one.fencingToken() > other.fencingToken();
  }

  InMemoryTurns(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Answer take(Turn turn, Duration lease) {
    State state = stateOf(turn);
    Instant now = clock.instant();
    if (state.done != null && isOlder(turn, state.done)) {
      return Answer.STALE;
    }
    if (state.isLate(turn) || state.hasEnded(turn)) {
      return Answer.BUSY;
    }
    if (state.running != null && state.running.isOther(turn, now)) {
      return Answer.BUSY;
    }
    if (state.waiting != null
        && state.waiting.isOther(turn, now)
        && isOlder(turn, version(state.waiting))) {
      return Answer.BUSY;
    }
    state.running = new Holder(turn, now.plus(lease));
    return Answer.TAKEN;
  }

  @Override
  public synchronized void done(Turn turn) {
    State state = stateOf(turn);
    if (state.done == null || !isOlder(turn, state.done)) {
      state.done = turn.resource().version();
      state.success = state.isLate(turn) ? state.success : turn;
    }
    giveUp(turn);
  }

  @Override
  public synchronized void putOff(Turn turn, Duration longest) {
    State state = stateOf(turn);
    if (!end(state, turn)) {
      return;
    }
    Instant now = clock.instant();
    Holder waiting = state.waiting;
    if (waiting == null || !waiting.isOther(turn, now) || !isOlder(turn, version(waiting))) {
      state.waiting = new Holder(turn, now.plus(longest));
    }
  }

  @Override
  public synchronized void giveUp(Turn turn) {
    State state = stateOf(turn);
    if (end(state, turn)
        && state.waiting != null
        && state.waiting.turn().entryId().equals(turn.entryId())) {
      state.waiting = null;
    }
  }

  /** False when it ended late. */
  private static boolean end(State state, Turn turn) {
    boolean late = state.isLate(turn) || (state.done != null && isOlder(turn, state.done));
    if (state.running != null && state.running.turn().equals(turn)) {
      state.running = null;
    }
    if (!late) {
      state.ended = turn;
    }
    return !late;
  }

  private State stateOf(Turn turn) {
    return states.computeIfAbsent(turn.resource().resource(), resource -> new State());
  }

  private static String version(Holder holder) {
    return holder.turn().resource().version();
  }

  private static boolean isOlder(Turn turn, String version) {
    return turn.resource().version().compareTo(version) < 0;
  }
}
