package dev.webhookworker.port;

/**
 * What an entry claims at admission: to be the one that processes this event id.
 *
 * @param eventId the idempotency key
 * @param entryId the entry that wants to own it
 * @param bodyHash a short hash of the type and the raw body, to tell a redelivery from a reused id
 */
public record Claim(String eventId, String entryId, String bodyHash) {

  /** The value of the mark that this claim sets. */
  public String owner() {
    return entryId + ":" + bodyHash;
  }
}
