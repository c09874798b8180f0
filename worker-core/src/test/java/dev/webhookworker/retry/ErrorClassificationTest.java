package dev.webhookworker.retry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryableException;
import dev.webhookworker.spi.ErrorClassifier;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorClassificationTest {

  private final ErrorClassification builtIn = new ErrorClassification(List.of());

  static Stream<Throwable> worthAnotherTry() {
    return Stream.of(
        new RetryableException("busy"),
        new IOException("reset"),
        new ConnectException("refused"),
        new SocketTimeoutException("slow"),
        new TimeoutException("slow"),
        new UncheckedIOException(new IOException("reset")),
        new java.sql.SQLTransientConnectionException("away"),
        new java.sql.SQLRecoverableException("away"),
        new IllegalStateException("who knows"),
        new RuntimeException(new IOException("reset")));
  }

  static Stream<Throwable> notWorthAnotherTry() {
    return Stream.of(
        new NonRetryableException("no"),
        new JsonParseException(null, "not JSON"),
        new FileNotFoundException("none"),
        new NoSuchFileException("none"),
        new AccessDeniedException("no"),
        new SecurityException("no"),
        new GeneralSecurityException("no"),
        new IllegalArgumentException("wrong"),
        new UnsupportedOperationException("never"),
        new ClassCastException("wrong"),
        new NoClassDefFoundError("gone"),
        new RuntimeException(new NonRetryableException("no")));
  }

  @ParameterizedTest
  @MethodSource("worthAnotherTry")
  void whatMayPassIsTriedAgain(Throwable error) {
    assertThat(builtIn.isRetryable(error)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("notWorthAnotherTry")
  void whatCannotPassIsNot(Throwable error) {
    assertThat(builtIn.isRetryable(error)).isFalse();
  }

  @Test
  void aUsersClassifierComesFirst() {
    ErrorClassifier mine =
        error ->
            error instanceof IllegalArgumentException
                ? ErrorClassifier.Verdict.RETRYABLE
                : ErrorClassifier.Verdict.UNKNOWN;
    ErrorClassification classification = new ErrorClassification(List.of(mine));
    assertThat(classification.isRetryable(new IllegalArgumentException())).isTrue();
    assertThat(classification.isRetryable(new NonRetryableException("no"))).isFalse();
  }

  @Test
  void causesThatGoInCirclesEnd() {
    RuntimeException one = new RuntimeException("one");
    RuntimeException two = new RuntimeException("two", one);
    one.initCause(two);
    assertThat(builtIn.isRetryable(one)).isTrue();
  }
}
