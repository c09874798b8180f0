package dev.webhookworker.port;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A processed event, as the store keeps it.
 *
 * @param entryId original entry id; its time decides the partition, so a redelivery meets its row
 * @param eventId the sender's id
 * @param eventType the type
 * @param toolId the tool, {@code default} when the event named none
 * @param tenantId null when unknown
 * @param repoName null when absent
 * @param senderName null when absent
 * @param payload the body exactly as received
 * @param result the transformed payload as JSON text, null when nothing was transformed
 * @param authContext JSON text, null when absent
 * @param metadata JSON text, null when absent
 * @param correlationId never empty
 * @param attempt the attempt that succeeded, from 1
 * @param processedAt when the handlers were done
 * @param worker the consumer that ran it
 * @param dlqRetries retries of the event as a dead letter; its row is resolved with this one's
 *     transaction when there are any
 */
public record EventRecord(
    String entryId,
    String eventId,
    String eventType,
    String toolId,
    @Nullable String tenantId,
    @Nullable String repoName,
    @Nullable String senderName,
    JsonText payload,
    @Nullable String result,
    @Nullable String authContext,
    @Nullable String metadata,
    String correlationId,
    int attempt,
    Instant processedAt,
    String worker,
    int dlqRetries) {

  /** The time inside {@link #entryId()}. */
  public Instant receivedAt() {
    return EntryIds.time(entryId);
  }
}
