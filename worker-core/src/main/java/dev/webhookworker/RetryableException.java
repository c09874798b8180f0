package dev.webhookworker;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown by a processor whose event should be tried again, whatever the cause would say. */
public class RetryableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final @Nullable Duration retryAfter;

  public RetryableException(String message) {
    this(message, null, null);
  }

  public RetryableException(String message, @Nullable Throwable cause) {
    this(message, null, cause);
  }

  /**
   * @param retryAfter wait this long instead of the computed delay, up to the policy's limit for
   *     such wishes (1 h by default)
   */
  public RetryableException(String message, @Nullable Duration retryAfter) {
    this(message, retryAfter, null);
  }

  public RetryableException(
      String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /** The wished delay; empty when the retry policy decides. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
