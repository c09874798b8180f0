package dev.webhookworker.port;

import java.util.List;
import java.util.Optional;

/**
 * The durable record of processed events and of everything that happened to an event.
 *
 * <p>Thread-safe. Calls that throw {@link StoreUnavailableException} have written nothing, or
 * something that the repeated call recognises, and may be repeated.
 */
public interface EventStore extends AutoCloseable {

  /**
   * Connects and migrates, or checks the version. Called until it succeeds; the worker does not
   * consume before.
   */
  void open() throws StoreUnavailableException;

  /** Whether that entry's event has its row. */
  boolean isStored(String eventId, String entryId) throws StoreUnavailableException;

  /**
   * Writes processed events with their audit rows and further audit entries in one transaction.
   *
   * @return one result per record, in order
   */
  List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit)
      throws StoreUnavailableException;

  /** The transactional inbox, when it is switched on. */
  default Optional<TransactionalInbox> inbox() {
    return Optional.empty();
  }

  /** The table of dead letters, where there is one. */
  default Optional<DeadLetterTable> deadLetters() {
    return Optional.empty();
  }

  /** Questions about stored events, where they can be asked. */
  default Optional<EventHistory> history() {
    return Optional.empty();
  }

  /** The audit lines of an event, in order. */
  default List<AuditEntry> story(String eventId) throws StoreUnavailableException {
    return List.of();
  }

  /** One cheap round trip, for health. */
  void ping() throws StoreUnavailableException;

  /** Its own pool of connections, for metrics; empty where it has none or is not connected yet. */
  default Optional<PoolFigures> pool() {
    return Optional.empty();
  }

  /** Settings and findings worth a line at start; never a secret. */
  default List<String> warnings() {
    return List.of();
  }

  /** Closes what was not handed in by the host. */
  @Override
  void close();
}
