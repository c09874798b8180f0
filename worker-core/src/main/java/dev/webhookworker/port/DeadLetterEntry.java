package dev.webhookworker.port;

import java.util.Objects;

/**
 * An open dead letter as the queue keeps it.
 *
 * @param position its id in the DLQ stream, {@code <ms>-<seq>}; a later end of the same event has a
 *     larger one
 * @param entryId the original entry
 * @param fields the entry as received
 * @param record why it is dead
 */
public record DeadLetterEntry(
    String position, String entryId, EntryFields fields, DeadLetterRecord record) {

  /** Whether the worker has written it; anyone may add entries to the DLQ stream. */
  public boolean isOurs() {
    return !record.reason().isEmpty();
  }

  /** The event's id, empty when it had no usable one. */
  public String eventId() {
    return Objects.requireNonNullElse(fields.text("event_id"), "");
  }

  /** The event's type, empty when it had none. */
  public String eventType() {
    return Objects.requireNonNullElse(fields.text("event_type"), "");
  }

  /** The state of the run that retries it: a fresh budget, everything else kept. */
  public AttemptState retried(DlqRetries retries) {
    return new AttemptState(0, 0, null, record.attempts(), record.completed(), retries);
  }
}
