package dev.webhookworker.foreign;

/**
 * Stands for a failure whose own methods throw, so that it could be neither judged nor logged. It
 * has the class name and the stack of what it stands for.
 */
public final class UnreadableFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String originalClass;

  UnreadableFailure(Throwable original, Throwable thrown) {
    super(
        original.getClass().getName()
            + ", which can't be shown: one of its own methods threw "
            + thrown.getClass().getName());
    originalClass = original.getClass().getName();
    setStackTrace(stackOf(original));
  }

  private static StackTraceElement[] stackOf(Throwable original) {
    try {
      return original.getStackTrace().clone();
    } catch (Throwable unreadable) {
      return new StackTraceElement[0];
    }
  }

  /** The class name of the failure that this one stands for. */
  public String originalClass() {
    return originalClass;
  }
}
