package dev.webhookworker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter without its payload.
 *
 * @param id the event's stream entry id: an event has at most one open dead letter
 * @param eventId the sender's id, empty when it had no usable one
 * @param eventType the type, empty when it had none
 * @param toolId null when unknown
 * @param tenantId null when unknown
 * @param status where it stands
 * @param reason e.g. {@code retries_exhausted}; a bounded set
 * @param errorClass class name of the error, empty when there was none
 * @param errorMessage redacted and shortened
 * @param fingerprint the same for the same cause
 * @param retryable whether the worker may retry it by itself
 * @param failures failed runs since it was first tried or last retried
 * @param retryCount how often it was retried as a dead letter
 * @param lastRetryAt null when never
 * @param firstReceivedAt when its entry was added to the stream
 * @param deadAt when it ended as a dead letter, the last time
 * @param worker the consumer that gave it up
 */
public record DeadLetter(
    String id,
    String eventId,
    String eventType,
    @Nullable String toolId,
    @Nullable String tenantId,
    DeadLetterStatus status,
    String reason,
    String errorClass,
    String errorMessage,
    String fingerprint,
    boolean retryable,
    int failures,
    int retryCount,
    @Nullable Instant lastRetryAt,
    Instant firstReceivedAt,
    Instant deadAt,
    String worker) {}
