package dev.webhookworker.port;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The legal ways to end a delivery; there is no other. */
public sealed interface Settlement {

  Lease lease();

  /**
   * The event needs nothing more.
   *
   * @param stored whether the store has it for good: then whatever there is of it in the queue
   *     ends, whoever holds it: the pending entry, its retry, its open dead letter
   * @param claim the mark that a stored event has, set again where a dead letter of the entry has
   *     deleted it; null for an entry without a usable event id
   */
  record Acknowledge(Lease lease, boolean stored, @Nullable Claim claim) implements Settlement {}

  /**
   * The queue itself has the event otherwise: it waits for its retry, or is an open dead letter. It
   * is acknowledged only while that is so; a failover between the look and this call may have lost
   * the other, and then this delivery is the last copy.
   */
  record AcknowledgeCopy(Lease lease) implements Settlement {}

  /**
   * Run it again after a delay: move it to the retry schedule, or give it a new time there.
   *
   * @param unsettledKept unclean ends that are not forgotten: all of the delivery's when it is only
   *     put off, zero when the run has come to its own end
   * @param mayBeStored whether the store has to be asked before the next run
   * @param claim the mark to renew, null for an entry without a usable event id
   * @param parkedAt the place at whose room it waits, so that {@link EventStream#wakeParked} makes
   *     it due before its delay is over; null when it waits for its delay alone
   */
  record Reschedule(
      Lease lease,
      EntryFields fields,
      AttemptState state,
      Duration delay,
      int unsettledKept,
      boolean mayBeStored,
      @Nullable Claim claim,
      @Nullable String parkedAt)
      implements Settlement {

    /** Waits for its delay alone. */
    public Reschedule(
        Lease lease,
        EntryFields fields,
        AttemptState state,
        Duration delay,
        int unsettledKept,
        boolean mayBeStored,
        @Nullable Claim claim) {
      this(lease, fields, state, delay, unsettledKept, mayBeStored, claim, null);
    }
  }

  /**
   * Make it an open dead letter.
   *
   * @param claim the mark to delete, null for an entry without a usable event id
   */
  record Bury(Lease lease, EntryFields fields, DeadLetterRecord record, @Nullable Claim claim)
      implements Settlement {}

  /** What became of a settlement. */
  enum Result {
    /** It is as the settlement says, by this call or by an earlier one whose answer was lost. */
    DONE,
    /** Another run has the event or has ended it; nothing was written. */
    LOST
  }
}
