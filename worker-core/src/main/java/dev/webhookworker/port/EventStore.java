package dev.webhookworker.port;

import dev.webhookworker.ErasureFilter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

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

  /** Those of these whose event has its row. */
  default Set<EventKey> stored(List<EventKey> keys) throws StoreUnavailableException {
    Set<EventKey> stored = new HashSet<>();
    for (EventKey key : keys) {
      if (isStored(key.eventId(), key.entryId())) {
        stored.add(key);
      }
    }
    return stored;
  }

  /**
   * The entry by which the same event came again, later than this entry, and was stored: of the
   * same id and tenant. Asked before a dead letter is run again, whose mark may be long gone.
   */
  default Optional<String> storedLater(String eventId, @Nullable String tenantId, String entryId)
      throws StoreUnavailableException {
    return Optional.empty();
  }

  /**
   * Writes processed events with their audit rows and further audit entries, in one transaction or,
   * where the store is slow, in several. What is there already is left as it is.
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

  /** The registry of tools, where there is one. */
  default Optional<ToolCatalogue> tools() {
    return Optional.empty();
  }

  /**
   * Keeps both versions of an edited payload, to be erased with the event; {@link #story} shows
   * them with the line whose detail has the hash as {@code versions}.
   *
   * @return their hash; empty where they are not kept, and the audit line has to have them
   */
  default Optional<String> keep(PayloadEdit edit) throws StoreUnavailableException {
    return Optional.empty();
  }

  /**
   * What happened to an event, in order.
   *
   * @param tenantId only of entries that are known to be that tenant's; null for any
   */
  default List<AuditEntry> story(String eventId, @Nullable String tenantId)
      throws StoreUnavailableException {
    return List.of();
  }

  /** Those of these events that are stored or were dead letters. */
  default Set<EventKey> known(List<EventKey> keys) throws StoreUnavailableException {
    return stored(keys);
  }

  /**
   * Erases what is stored of events, and writes for each an audit line without the data.
   *
   * @param decrypt makes of a stored payload the readable one
   * @param dryRun only looks for what would be erased
   */
  default ErasedRows erase(
      ErasureFilter filter,
      BiFunction<EncryptionContext, String, String> decrypt,
      String actor,
      boolean dryRun)
      throws StoreUnavailableException {
    return ErasedRows.NONE;
  }

  /** One cheap round trip, for health. */
  void ping() throws StoreUnavailableException;

  /**
   * Does what storing needs, and keeps nothing of it: it succeeds when the next {@link #store} can.
   */
  default void probe() throws StoreUnavailableException {
    ping();
  }

  /** Its periodic tasks that keep failing, each as a sentence. */
  default List<String> failingTasks() {
    return List.of();
  }

  /** Its own pool of connections, for metrics; empty where it has none or is not connected yet. */
  default Optional<PoolFigures> pool() {
    return Optional.empty();
  }

  /**
   * Has its own pool tell its figures by the names of the pool's library; nothing where there is no
   * such pool. Called once.
   *
   * @param registry a Micrometer {@code MeterRegistry}
   */
  default void measurePool(Object registry) {}

  /** Settings and findings worth a line at start; never a secret. */
  default List<String> warnings() {
    return List.of();
  }

  /** Closes what was not handed in by the host. */
  @Override
  void close();
}
