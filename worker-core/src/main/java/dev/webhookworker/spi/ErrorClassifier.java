package dev.webhookworker.spi;

/**
 * Tells which errors are worth another try. Several can be given; the first that knows an error
 * decides, the worker's own knows the rest.
 */
@FunctionalInterface
public interface ErrorClassifier {

  /** The verdict on one error. */
  enum Verdict {
    RETRYABLE,
    NOT_RETRYABLE,
    /** Ask the next classifier, and after the last one about the error's cause. */
    UNKNOWN
  }

  /** Judges this error alone; the worker walks the causes. Must not throw. */
  Verdict classify(Throwable error);
}
