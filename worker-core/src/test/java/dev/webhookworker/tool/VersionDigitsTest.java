package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionDigitsTest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static Optional<String> digits(String json) throws Exception {
    return VersionDigits.of(JSON.readTree(json));
  }

  @Test
  void theOrderOfTheDigitsIsThatOfTheVersions() throws Exception {
    List<String> ascending =
        List.of(
            "-12345678901234567890",
            "-1",
            "0",
            "1e-9",
            "\"0.5\"",
            "9",
            "10",
            "\"1767225599.000200\"",
            "\"2026-01-01T00:00:00Z\"",
            "\"2026-01-01T00:00:00.000000001Z\"",
            "\"2026-01-01T00:30:00+00:00\"",
            "9007199254740992",
            "9007199254740993",
            "123456789012345678901234567890");
    for (int i = 1; i < ascending.size(); i++) {
      String lower = digits(ascending.get(i - 1)).orElseThrow();
      String higher = digits(ascending.get(i)).orElseThrow();
      assertThat(higher).hasSize(40).containsOnlyDigits().isGreaterThan(lower);
    }
    assertThat(digits("\"2026-01-01T01:00:00+01:00\"")).isEqualTo(digits("1767225600"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"v7\"",
        "\"\"",
        "true",
        "{}",
        "[1]",
        "\"2026-01-01\"",
        "1e31",
        "1e999999999",
        "1e-999999999",
        "\"1767225600s\""
      })
  void whatCanNotBeComparedIsNoVersion(String json) throws Exception {
    assertThat(digits(json)).isEmpty();
  }
}
