package dev.webhookworker.retry;

import dev.webhookworker.foreign.ForeignCode;

/**
 * A failure whose message, or whose cause's, named something that is stored encrypted: the same
 * stack trace with the message masked.
 */
public final class MaskedFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String originalClass;

  public MaskedFailure(Throwable original, String maskedMessage) {
    super(maskedMessage);
    originalClass = ForeignCode.classOf(original);
    setStackTrace(original.getStackTrace());
  }

  /** The class name of what failed, seen through the mask. */
  public static String classOf(Throwable failure) {
    return failure instanceof MaskedFailure masked
        ? masked.originalClass
        : ForeignCode.classOf(failure);
  }
}
