package dev.webhookworker.pipeline;

import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EventRecord;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the run of one event ended. The settler makes it durable; nothing else does. */
public sealed interface Outcome {

  /** In a word, for traces. */
  String word();

  /** What failed; empty when nothing did. */
  default Optional<Throwable> failure() {
    return Optional.empty();
  }

  /**
   * Handlers are done.
   *
   * @param record the row to store
   * @param stored whether the transactional inbox has committed the row already
   * @param handlerTime how long the handlers took
   */
  record Processed(EventRecord record, boolean stored, Duration handlerTime) implements Outcome {
    @Override
    public String word() {
      return "processed";
    }
  }

  /**
   * Not processed, for a newer version of its resource has been; stored all the same.
   *
   * @param record the row to store
   */
  record Stale(EventRecord record) implements Outcome {
    @Override
    public String word() {
      return "stale";
    }
  }

  /** Another entry with the same id is done. */
  record Duplicate(String ownerEntryId) implements Outcome {
    @Override
    public String word() {
      return "duplicate";
    }
  }

  /**
   * This entry was settled before; only its acknowledgement got lost.
   *
   * @param stored whether the store or the transactional inbox has it
   */
  record SettledBefore(String how, boolean stored) implements Outcome {
    @Override
    public String word() {
      return "settled_before";
    }
  }

  /** The run failed; try again later. */
  record Retry(AttemptState state, Duration delay, Throwable cause) implements Outcome {
    @Override
    public String word() {
      return "retry";
    }

    @Override
    public Optional<Throwable> failure() {
      return Optional.of(cause);
    }
  }

  /**
   * Not now, and not the event's fault: no attempt is used up.
   *
   * @param parkedAt the place at whose room it waits; null when it waits for the delay alone
   * @param unavailable what said that a service is away; null when none is
   */
  record Snooze(
      AttemptState state,
      Duration delay,
      String why,
      @Nullable String parkedAt,
      @Nullable Exception unavailable)
      implements Outcome {

    public Snooze(AttemptState state, Duration delay, String why) {
      this(state, delay, why, null, null);
    }

    /** Waits at a place for its room. */
    public Snooze(AttemptState state, Duration delay, String why, @Nullable String parkedAt) {
      this(state, delay, why, parkedAt, null);
    }

    @Override
    public String word() {
      return "snoozed";
    }
  }

  /**
   * No further try makes sense.
   *
   * @param reason one of {@link DeadReason}
   * @param state what its runs left
   */
  record Dead(DeadReason reason, AttemptState state, Throwable cause) implements Outcome {
    @Override
    public String word() {
      return "dead_letter";
    }

    @Override
    public Optional<Throwable> failure() {
      return Optional.of(cause);
    }
  }

  /** The worker shuts down and the event was not started: others may take it at once. */
  record Release() implements Outcome {
    @Override
    public String word() {
      return "released";
    }
  }
}
