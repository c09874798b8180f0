package dev.webhookworker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTest {

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00.000Z",
    "2026-01-31T12:00:00+00:00",
    "2026-01-31T12:00:00.000+0000",
    "2026-01-31T12:00:00+00",
    "2026-01-31T14:00:00+0200",
    "2026-01-31T14:00+02",
    "2026-01-31T10:30:00-01:30",
    "2026-01-31T10:30:00-0130"
  })
  void offsetsAreReadHoweverTheyAreWritten(String text) {
    assertThat(IsoTime.parse(text)).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+", "T-0000", "x"})
  void whatIsNoTimeWithAnOffsetIsNone(String text) {
    assertThatThrownBy(() -> IsoTime.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
