package dev.webhookworker.pipeline;

/** Input that breaks a rule; the message says which and never quotes. Has no stack trace. */
public final class MalformedInputException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedInputException(String problem) {
    super(problem, null, false, false);
  }

  /** What is wrong. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
