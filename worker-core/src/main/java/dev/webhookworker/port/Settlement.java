package dev.webhookworker.port;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The legal ways to end a delivery; there is no other. */
public sealed interface Settlement {

  Lease lease();

  /** The event needs nothing more. Needs no check of the lease, because the event is done. */
  record Acknowledge(Lease lease) implements Settlement {}

  /**
   * Run it again after a delay: move it to the retry schedule, or give it a new time there.
   *
   * @param fencingToken the token of the run that ends; the next one gets a larger one
   * @param claim the mark to renew, null for an entry without a usable event id
   */
  record Reschedule(
      Lease lease,
      EntryFields fields,
      AttemptState state,
      Duration delay,
      long fencingToken,
      @Nullable Claim claim)
      implements Settlement {}

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
    /** The lease had passed to another run; nothing was written. */
    LOST
  }
}
