package dev.webhookworker;

/**
 * An event that was admitted and of which nothing has become.
 *
 * @param entryId its stream entry
 * @param end what was done about it
 */
public record LostEvent(String eventId, String entryId, End end) {

  /** What was done about a lost event. */
  public enum End {
    /** Its entry is in the stream: it can be scheduled again. */
    RECOVERABLE,
    /** It is scheduled again. */
    REQUEUED,
    /** Its entry was trimmed: only its sender can send it again, which the mark does not hinder. */
    DATA_GONE
  }
}
