package dev.webhookworker.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PlainTextsTest {

  private static PlainTexts of(String payload) throws Exception {
    return PlainTexts.of(payload, List.of(FieldPattern.of("/secret")));
  }

  @Test
  void whatIsInsideAnotherTextIsFoundAndMasked() throws Exception {
    PlainTexts plain = of("{\"secret\":[\"ada@example.org\",4711,\"x\"],\"open\":\"shown\"}");
    assertThat(plain.areIn("mail ada@example.org now")).isTrue();
    assertThat(plain.areIn("4711")).isTrue();
    assertThat(plain.areIn("shown")).isFalse();
    assertThat(plain.areIn("an x alone says nothing")).isFalse();
    assertThat(plain.maskedIn("no ada@example.org in 4711")).isEqualTo("no *** in ***");
  }

  @Test
  void whatBeginsAlikeIsNotMaskedInAMessage() throws Exception {
    PlainTexts plain = of("{\"secret\":\"" + "a".repeat(100) + "b\"}");
    String message = "a".repeat(100) + "c";
    assertThat(plain.maskedIn(message)).isEqualTo(message);
  }

  /** Fifty thousand texts in a text of two megabytes, and one letter many times in itself. */
  @Test
  void aSearchThatASenderMakesTooLongEndsWithEverythingEncrypted() throws Exception {
    String texts =
        IntStream.range(0, 50_000)
            .mapToObj(number -> "\"text " + number + "\"")
            .collect(Collectors.joining(","));
    PlainTexts many = of("{\"secret\":[" + texts + "]}");
    assertThat(many.areIn("text".repeat(500_000))).isTrue();
    assertThat(many.maskedIn("nothing of it")).isEqualTo("***");

    PlainTexts alike = of("{\"secret\":\"" + "a".repeat(1_000_000) + "b\"}");
    assertThat(alike.areIn("a".repeat(2_000_000))).isTrue();
    assertThat(
            of("{\"secret\":\"" + "a".repeat(1_000_000) + "b\"}").maskedIn("a".repeat(2_000_000)))
        .isEqualTo("***");
  }
}
