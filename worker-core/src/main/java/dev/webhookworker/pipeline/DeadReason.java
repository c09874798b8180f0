package dev.webhookworker.pipeline;

import java.util.Locale;

/** Why an event became a dead letter; a bounded set, fit for a metric label. */
public enum DeadReason {
  /** The entry is no event: shape, limits, or payload not JSON. */
  UNDECODABLE(false),
  /** The worker died or lost the event too often while it was in flight. */
  POISON(false),
  /** The id belongs to an event with another body. */
  ID_REUSED(false),
  /** It is not proved to come from its tool. */
  SIGNATURE_INVALID(false),
  /** A failure that another try can't mend. */
  NOT_RETRYABLE(false),
  /** Attempts or time for retries are used up. */
  RETRIES_EXHAUSTED(true),
  /** The database refuses the event's row for what it contains. */
  REFUSED_BY_STORE(false),
  /** The run came to an end that the worker could not make durable. */
  UNSETTLED(false);

  private final boolean retryable;

  DeadReason(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the DLQ worker may try such an event again by itself. */
  public boolean retryable() {
    return retryable;
  }

  /** The name in dead letters, metrics and logs, e.g. {@code retries_exhausted}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
