package dev.webhookworker.pipeline;

import dev.webhookworker.port.ResourceTurns;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Lets the events of one resource run one at a time, and none after a newer one; see {@link
 * ResourceTurns}. Thread-safe.
 */
final class ResourceOrder {

  /** What a run may need beyond its time limit, and a retry beyond its delay, until it begins. */
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final long FIRST_WAIT_MILLIS = 100;
  private static final int MOST_DOUBLINGS = 5;

  private final ResourceTurns turns;
  private final RandomGenerator random;

  ResourceOrder(ResourceTurns turns, RandomGenerator random) {
    this.turns = turns;
    this.random = random;
  }

  /** Asks for the run's turn and notes it in the context when it has one. */
  ResourceTurns.Answer enter(ResourceVersion resource, Run run, RunContext context)
      throws StreamUnavailableException {
    ResourceTurns.Turn turn =
        new ResourceTurns.Turn(resource, run.delivery().entryId(), run.delivery().fencingToken());
    Duration lease = run.timeLeft().plus(GRACE);
    ResourceTurns.Answer answer = turns.take(turn, lease);
    if (answer == ResourceTurns.Answer.TAKEN) {
      context.turn(turn);
    }
    return answer;
  }

  /**
   * Notes the success of an earlier run that could not do so itself any more; its turn ends as
   * well.
   */
  void noteSuccess(ResourceVersion resource, Run run) throws StreamUnavailableException {
    ResourceTurns.Turn turn =
        new ResourceTurns.Turn(resource, run.delivery().entryId(), run.delivery().fencingToken());
    // The same entry takes its turn over from its earlier run, whatever that run's token was.
    turns.take(turn, GRACE);
    turns.done(turn);
  }

  /** How long an event waits whose turn it is not; the longer the more often it has. */
  Duration pause(int snoozes) {
    long wait = FIRST_WAIT_MILLIS << Math.min(snoozes, MOST_DOUBLINGS);
    return Duration.ofMillis(random.nextLong(wait / 2, wait + wait / 2));
  }

  /**
   * Ends a turn by the run's outcome.
   *
   * @throws StreamUnavailableException when a success could not be noted; the run has to be
   *     repeated. Whatever else can't be noted ends by itself
   */
  void leave(ResourceTurns.Turn turn, Outcome outcome) throws StreamUnavailableException {
    if (outcome instanceof Outcome.Processed || outcome instanceof Outcome.SettledBefore) {
      turns.done(turn);
      return;
    }
    try {
      if (outcome instanceof Outcome.Retry retry) {
        turns.putOff(turn, retry.delay().plus(GRACE));
      } else if (outcome instanceof Outcome.Snooze snooze) {
        turns.putOff(turn, snooze.delay().plus(GRACE));
      } else {
        turns.giveUp(turn);
      }
    } catch (StreamUnavailableException away) {
      // The turn's lease ends; nobody waits longer for it than that.
    }
  }
}
