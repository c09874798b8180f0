package dev.webhookworker.postgres;

/** A tool was changed by somebody else meanwhile, or is not there; the message says which. */
public final class ToolConflictException extends Exception {

  private static final long serialVersionUID = 1L;

  ToolConflictException(String message) {
    super(message);
  }
}
