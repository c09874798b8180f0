package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryResultTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static DeliveryResult of(int status) {
    return DeliveryResult.of(new HttpAnswer(status, null, ""), NOW);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void successIsDelivery(int status) {
    assertThat(of(status)).isInstanceOf(DeliveryResult.Delivered.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 501, 502, 503, 504, 599})
  void whatMayPassIsTriedAgain(int status) {
    assertThat(of(status)).isInstanceOf(DeliveryResult.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308, 400, 401, 403, 404, 410, 413, 422})
  void whatWillNotPassIsNotTriedAgain(int status) {
    assertThat(of(status)).isInstanceOf(DeliveryResult.Refused.class);
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    assertThat(DeliveryResult.retryAfter("120", NOW)).contains(Duration.ofMinutes(2));
    assertThat(DeliveryResult.retryAfter("Thu, 01 Jan 2026 00:01:00 GMT", NOW))
        .contains(Duration.ofMinutes(1));
    assertThat(DeliveryResult.retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", NOW))
        .contains(Duration.ZERO);
    assertThat(DeliveryResult.retryAfter("-1", NOW)).isEmpty();
    assertThat(DeliveryResult.retryAfter("soon", NOW)).isEmpty();
  }

  @Test
  void theStartOfAnAnswerIsShortOnOneLineAndWithoutSecrets() {
    DeliveryResult result =
        DeliveryResult.of(
            new HttpAnswer(500, null, "no\r\ntoken=hunter2 " + "x".repeat(3000)), NOW);
    assertThat(result.answer()).startsWith("no  token=***").hasSizeLessThanOrEqualTo(201);
    assertThat(result.what()).isEqualTo("answered 500");
  }

  @Test
  void connectionTroubleIsTriedAgainAndAForbiddenAddressIsNot() {
    Duration timeout = Duration.ofSeconds(1);
    assertThat(DeliveryResult.of(new ConnectException("refused"), timeout))
        .isInstanceOf(DeliveryResult.Failed.class);
    assertThat(DeliveryResult.of(new TimeoutException(), timeout).what()).contains("1000 ms");
    assertThat(DeliveryResult.of(new ForbiddenAddressException("x"), timeout))
        .isInstanceOf(DeliveryResult.Refused.class);
  }

  @Test
  void noTextOfAnEventBreaksAHeader() {
    assertThat(RequestHeaders.visibleAscii("a\r\nb é")).isEqualTo("a%0D%0Ab%20%C3%A9");
  }
}
