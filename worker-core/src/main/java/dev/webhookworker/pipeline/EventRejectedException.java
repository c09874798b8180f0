package dev.webhookworker.pipeline;

/** Carries a worker's own verdict on an event into its dead letter; has no stack trace. */
public final class EventRejectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EventRejectedException(String message) {
    super(message, null, false, false);
  }
}
