package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-11-30T20:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "4; 4",
        "Mon, 30 Nov 2026 20:00:04 GMT; 4",
        "Monday, 30-Nov-26 20:00:04 GMT; 4",
        "Mon Nov 30 20:00:04 2026; 4",
        "Tue Dec  1 20:00:00 2026; 86400",
        "Sunday, 06-Nov-94 08:49:37 GMT; 0",
        "Mon, 30 Nov 2026 19:00:00 GMT; 0",
        "99999999999999999999; 999999999",
      })
  void everyFormOfTheHeaderIsFollowed(String header, long seconds) {
    assertThat(DeliveryResult.retryAfter(header, NOW)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "1.5", "30 Nov 2026", "Mon, 31 Nov 2026 20:00:04 PST"})
  void whatHasNoneOfTheFormsIsNoWish(String header) {
    assertThat(DeliveryResult.retryAfter(header, NOW)).isEmpty();
  }
}
