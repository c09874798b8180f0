package dev.webhookworker;

/** What came of an act on one dead letter. */
public enum DeadLetterResult {
  /** Done: it is being retried, or it is discarded. */
  DONE,
  /** Nothing was done: it is being retried already. */
  RETRYING,
  /** Nothing was done: there is no such open dead letter, or it is another tenant's. */
  NOT_OPEN
}
