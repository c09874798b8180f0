package dev.webhookworker.retry;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryableException;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.EventRejectedException;
import dev.webhookworker.pipeline.HandlerTimeoutException;
import dev.webhookworker.spi.ErrorClassifier;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sorts errors by type: users' classifiers first, then this list, then the same for the cause; what
 * nobody knows is worth another try.
 */
public final class ErrorClassification {

  private static final int DEEPEST_CAUSE = 20;

  private final List<ErrorClassifier> classifiers;

  public ErrorClassification(List<ErrorClassifier> userClassifiers) {
    this.classifiers = List.copyOf(userClassifiers);
  }

  /** Never throws: who can't judge an error is taken not to know it. */
  public boolean isRetryable(Throwable error) {
    @Nullable Throwable current = error;
    for (int depth = 0; current != null && depth < DEEPEST_CAUSE; depth++) {
      ErrorClassifier.Verdict verdict = classify(current);
      if (verdict != ErrorClassifier.Verdict.UNKNOWN) {
        return verdict == ErrorClassifier.Verdict.RETRYABLE;
      }
      current = causeOf(current);
    }
    return true;
  }

  private static @Nullable Throwable causeOf(Throwable error) {
    return ForeignCode.ask(
            error, Optional.<Throwable>empty(), () -> Optional.ofNullable(error.getCause()))
        .orElse(null);
  }

  private ErrorClassifier.Verdict classify(Throwable error) {
    for (ErrorClassifier classifier : classifiers) {
      ErrorClassifier.Verdict verdict =
          ForeignCode.ask(
              classifier, ErrorClassifier.Verdict.UNKNOWN, () -> classifier.classify(error));
      if (verdict != ErrorClassifier.Verdict.UNKNOWN) {
        return verdict;
      }
    }
    return byType(error);
  }

  private static ErrorClassifier.Verdict byType(Throwable error) {
    if (error instanceof NonRetryableException
        || error instanceof EventRejectedException
        || error instanceof JsonProcessingException
        || error instanceof FileNotFoundException
        || error instanceof NoSuchFileException
        || error instanceof AccessDeniedException
        || error instanceof SecurityException
        || error instanceof GeneralSecurityException
        || error instanceof IllegalArgumentException
        || error instanceof UnsupportedOperationException
        || error instanceof ClassCastException
        || error instanceof LinkageError) {
      return ErrorClassifier.Verdict.NOT_RETRYABLE;
    }
    if (error instanceof RetryableException
        || error instanceof HandlerTimeoutException
        || error instanceof IOException
        || error instanceof TimeoutException
        || isSqlTransient(error)) {
      return ErrorClassifier.Verdict.RETRYABLE;
    }
    return ErrorClassifier.Verdict.UNKNOWN;
  }

  /** By name: worker-core does not require the module java.sql. */
  private static boolean isSqlTransient(Throwable error) {
    for (@Nullable Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
      String name = type.getName();
      if (name.equals("java.sql.SQLTransientException")
          || name.equals("java.sql.SQLRecoverableException")) {
        return true;
      }
    }
    return false;
  }
}
