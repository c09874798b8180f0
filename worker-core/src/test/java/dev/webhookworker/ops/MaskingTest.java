package dev.webhookworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

  @ParameterizedTest
  @ValueSource(strings = {"\"secret\"", "4711", "true", "false", "null", "-0.5e3"})
  void noValueIsShownOfWhateverTypeItIs(String value) {
    String masked =
        Masking.masked("{\"a\":" + value + ",\"b\":[" + value + "],\"c\":{\"d\":" + value + "}}");
    assertThat(masked)
        .doesNotContain(value)
        .isEqualToIgnoringWhitespace("{\"a\":\"***\",\"b\":[\"***\"],\"c\":{\"d\":\"***\"}}");
    assertThat(Masking.masked(value)).doesNotContain(value);
  }
}
