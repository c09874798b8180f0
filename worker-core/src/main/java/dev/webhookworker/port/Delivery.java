package dev.webhookworker.port;

/**
 * One entry handed to this consumer.
 *
 * @param lease the right to settle it
 * @param fields the entry as received
 * @param state what earlier runs left
 * @param unsettledDeliveries earlier deliveries that ended without any outcome (a crash, a lost
 *     lease); business failures and releases do not count
 * @param fencingToken grows with every delivery of this event; a later run has the larger one
 */
public record Delivery(
    Lease lease,
    EntryFields fields,
    AttemptState state,
    int unsettledDeliveries,
    long fencingToken) {

  public String entryId() {
    return lease.entryId();
  }
}
