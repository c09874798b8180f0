package dev.webhookworker.port;

/**
 * One entry handed to this consumer.
 *
 * @param lease the right to settle it
 * @param fields the entry as received
 * @param state what earlier runs left
 * @param unsettledDeliveries earlier deliveries that ended without any outcome (a crash, a lost
 *     lease) since a run last came to its own end; being put off forgets none, releases do not
 *     count
 * @param mayBeStored whether the queue can't rule out that the event was processed before: the
 *     server was another one then, has lost data, or nobody's copy was put back. It does not count
 *     towards poison; the store is asked before the event runs
 */
public record Delivery(
    Lease lease,
    EntryFields fields,
    AttemptState state,
    int unsettledDeliveries,
    boolean mayBeStored) {

  public String entryId() {
    return lease.entryId();
  }

  /** Grows with every delivery of this event; a later run has the larger one. */
  public long fencingToken() {
    return lease.fencingToken();
  }
}
