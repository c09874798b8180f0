package dev.webhookworker.port;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why an event ended as a dead letter; stored beside the entry's own fields.
 *
 * @param reason the kind of end, e.g. {@code retries_exhausted}, {@code not_retryable}, {@code
 *     poison}, {@code undecodable}, {@code id_reused}; a bounded set
 * @param errorClass class name of the error, empty when there was none
 * @param message what went wrong, redacted and shortened
 * @param digest short digest of the stack trace: the same cause has the same digest
 * @param retryable whether the DLQ worker may try it again by itself
 * @param failures failed runs
 * @param attempts the last failed runs in detail
 * @param firstReceivedAt the time inside the entry id
 * @param deadAt when it was given up
 * @param worker the consumer that gave it up
 * @param toolId the tool, null when unknown
 * @param tenantId the tenant, null when unknown
 * @param completed processors that are done with the event and are not run again
 * @param retries retries of it as a dead letter
 * @param fencingToken of the run that ended so; a retry's are larger
 */
public record DeadLetterRecord(
    String reason,
    String errorClass,
    String message,
    String digest,
    boolean retryable,
    int failures,
    List<Attempt> attempts,
    Instant firstReceivedAt,
    Instant deadAt,
    String worker,
    @Nullable String toolId,
    @Nullable String tenantId,
    Set<String> completed,
    DlqRetries retries,
    long fencingToken) {

  public DeadLetterRecord {
    attempts = List.copyOf(attempts);
    completed = Set.copyOf(completed);
  }
}
