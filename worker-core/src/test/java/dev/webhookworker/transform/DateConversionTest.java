package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateConversionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rfc1123 | Tue, 3 Nov 2026 10:00:00 GMT | 2026-11-03T10:00:00Z",
        "rfc1123 | Tue, 3 Nov 26 10:00:00 GMT | 2026-11-03T10:00:00Z",
        "rfc1123 | 3 Nov 26 10:00:00 GMT | 2026-11-03T10:00:00Z",
        "iso | 2026-01-31T12:00:00.000+0000 | 2026-01-31T12:00:00Z",
        "iso | 2026-01-31T12:00:00+00 | 2026-01-31T12:00:00Z",
        "iso | 2026-01-31T12:00:00 | 2026-01-31T12:00:00Z",
        "iso | 2026-01-31T12:00:00+01:00[Europe/Berlin] | 2026-01-31T11:00:00Z"
      })
  void aTimeIsReadAndNeverAsAWrongYear(String notation, String text, Instant time)
      throws Exception {
    assertThat(DateConversion.Notation.of(notation).read(TextNode.valueOf(text), ZoneOffset.UTC))
        .isEqualTo(time);
  }
}
