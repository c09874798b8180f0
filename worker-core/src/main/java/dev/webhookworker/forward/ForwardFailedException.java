package dev.webhookworker.forward;

import dev.webhookworker.RetryableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** At least one destination has not taken the event and is to be asked again. */
public final class ForwardFailedException extends RetryableException {

  private static final long serialVersionUID = 1L;

  ForwardFailedException(String message, @Nullable Duration retryAfter) {
    super(message, retryAfter);
  }
}
