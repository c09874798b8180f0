package dev.webhookworker.port;

/** What the store made of one record of a batch. */
public sealed interface StoreResult {

  /** The row is there, from this call or from an earlier one. */
  record Stored() implements StoreResult {}

  /**
   * The database refuses this row for what it contains, now and later; the others are committed.
   *
   * @param reason what it said, without the row's values
   */
  record Refused(String reason) implements StoreResult {}

  StoreResult STORED = new Stored();
}
