package dev.webhookworker;

import org.jspecify.annotations.Nullable;

/** Thrown by a processor whose event can't succeed: it becomes a dead letter at once. */
public class NonRetryableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NonRetryableException(String message) {
    super(message);
  }

  public NonRetryableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
