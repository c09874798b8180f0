package dev.webhookworker.port;

import org.jspecify.annotations.Nullable;

/** The event store does not answer or refuses for now; the call may be made again later. */
public final class StoreUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
