package dev.webhookworker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A processed event as it is stored. Holds the payload: show it only to who may see it.
 *
 * @param entryId its stream entry
 * @param payload the body as received, encrypted values as {@code "***"} unless they were asked for
 * @param authContext JSON, null when absent
 * @param metadata JSON, null when absent
 * @param attempt the attempt that succeeded, from 1
 */
public record StoredEvent(
    String entryId,
    String eventId,
    String eventType,
    String toolId,
    @Nullable String tenantId,
    @Nullable String repoName,
    @Nullable String senderName,
    String payload,
    @Nullable String authContext,
    @Nullable String metadata,
    String correlationId,
    int attempt,
    Instant receivedAt,
    Instant processedAt,
    String worker) {

  /** The same with another payload. */
  public StoredEvent withPayload(String other) {
    return new StoredEvent(
        entryId,
        eventId,
        eventType,
        toolId,
        tenantId,
        repoName,
        senderName,
        other,
        authContext,
        metadata,
        correlationId,
        attempt,
        receivedAt,
        processedAt,
        worker);
  }

  /** Without the content, so that a log line leaks nothing. */
  @Override
  public String toString() {
    return "StoredEvent[" + eventId + ", " + entryId + "]";
  }
}
