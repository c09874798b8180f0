package dev.webhookworker.port;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs a handler inside the transaction that stores its event: its writes commit together with the
 * inbox row and the event row, or not at all.
 */
public interface TransactionalInbox {

  /**
   * Which event is run: by its entry, and by what the same event has in common with it when it
   * comes by another entry because its mark was lost.
   *
   * @param entryId the entry
   * @param eventId the sender's id
   * @param tenantId whose id that is, null when unknown
   * @param bodyHash a hash of type and body, the same for ever: another body under the same id is
   *     another event
   */
  record Key(String entryId, String eventId, @Nullable String tenantId, String bodyHash) {}

  /**
   * Opens a transaction, takes the event's inbox row, runs {@code work}, stores the record that it
   * returns and commits. Where {@code work} throws, whatever it is, everything is rolled back and
   * the exception is passed on.
   *
   * @return false when the event's inbox row existed already: {@code work} was not run
   * @throws StoreUnavailableException when the database failed before {@code work} was run
   * @throws TransactionLostException when it failed after that, under the work's own statements
   *     too; nothing is committed, or the inbox row will be met by the next run
   */
  boolean run(Key key, Work work) throws Exception;

  /** What is done inside the transaction. */
  interface Work {
    EventRecord run(Resources resources) throws Exception;

    /** How long the work may take from now; its own statements may take as long. */
    Duration timeLimit();

    /**
     * Asked once, when the work is done and before anything is stored and committed: whether the
     * run still counts. One that was given up or has lost its lease is rolled back. After a yes
     * nobody gives it up.
     */
    boolean commits();

    /**
     * What is let go of as soon as the run no longer counts, while its handler may go on. The
     * transaction, which holds the event's row and a connection, ends with it.
     */
    default void whenItNoLongerCounts(Runnable step) {}
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
