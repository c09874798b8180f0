package dev.webhookworker.port;

/**
 * Runs a handler inside the transaction that stores its event: its writes commit together with the
 * inbox row and the event row, or not at all.
 */
public interface TransactionalInbox {

  /**
   * Opens a transaction, takes the event's inbox row, runs {@code work}, stores the record that it
   * returns and commits. Where {@code work} throws, everything is rolled back and the exception is
   * passed on.
   *
   * @return false when the event's inbox row existed already: {@code work} was not run
   * @throws StoreUnavailableException when the database failed; nothing is committed, or the inbox
   *     row will be met by the next run
   */
  boolean run(String eventId, String entryId, Work work) throws Exception;

  /** What is done inside the transaction. */
  @FunctionalInterface
  interface Work {
    EventRecord run(Resources resources) throws Exception;
  }

  /** What the handler may use of the transaction, e.g. {@code java.sql.Connection}. */
  @FunctionalInterface
  interface Resources {
    /**
     * @throws IllegalArgumentException when there is no resource of that type; the message names
     *     those that there are
     */
    <T> T get(Class<T> type);
  }
}
