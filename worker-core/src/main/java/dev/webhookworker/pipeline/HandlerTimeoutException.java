package dev.webhookworker.pipeline;

import java.time.Duration;

/** A handler took longer than its time limit; retryable. */
public final class HandlerTimeoutException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public HandlerTimeoutException(Duration limit) {
    super(
        "handler interrupted after " + limit + " (WORKER_PROCESSING_TIMEOUT)", null, false, false);
  }
}
