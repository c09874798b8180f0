package dev.webhookworker.signature;

/** An event whose proof was not accepted; says the same whatever the reason. Has no stack trace. */
public final class SignatureInvalidException extends Exception {

  private static final long serialVersionUID = 1L;

  SignatureInvalidException(String toolId) {
    super(
        "the event is not proved to come from the tool '"
            + toolId
            + "'; the log of dev.webhookworker.signature says why (docs/signatures.md)",
        null,
        false,
        false);
  }
}
