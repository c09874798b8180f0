package dev.webhookworker;

import java.time.Instant;

/**
 * How far a retry by filter is.
 *
 * @param startedAt when it began; to resume it
 * @param sent put back into the retry schedule
 * @param skipped not open any more, or retried by somebody else meanwhile
 * @param state whether and why it has ended
 */
public record BulkRetryProgress(Instant startedAt, int sent, int skipped, State state) {

  /** Whether and why it has ended. */
  public enum State {
    /** It goes on. */
    RUNNING,
    /** Everything that matched was sent. */
    COMPLETE,
    /** The cap is reached; more may match. */
    CAPPED,
    /** A canary failed again: the cause is not mended. */
    CANARY_FAILED,
    /** A canary had not ended in time. */
    CANARY_TIMED_OUT,
    /** The calling thread was interrupted. */
    INTERRUPTED
  }
}
