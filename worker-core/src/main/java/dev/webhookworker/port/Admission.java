package dev.webhookworker.port;

/** The answer of the idempotency marks to one {@link Claim}, read in one atomic step. */
public sealed interface Admission {

  /** Nobody held the mark: it is this entry's now. */
  record Fresh() implements Admission {}

  /**
   * The mark was this entry's already: an earlier delivery of the same entry set it.
   *
   * @param waitingForRetry the entry also waits in the retry schedule
   */
  record Own(boolean waitingForRetry) implements Admission {}

  /**
   * The mark belongs to another entry with the same event id.
   *
   * @param owner the mark's value, to compare when it is taken over
   * @param ownerEntryId that entry
   * @param inProgress whether that entry is pending in the group or waits in the retry schedule
   * @param sameBody whether its body had the same hash
   */
  record Other(String owner, String ownerEntryId, boolean inProgress, boolean sameBody)
      implements Admission {}

  /** This very entry is an open dead letter: a lost group delivered it again. */
  record DeadAlready() implements Admission {}

  Admission FRESH = new Fresh();
  Admission DEAD_ALREADY = new DeadAlready();
}
