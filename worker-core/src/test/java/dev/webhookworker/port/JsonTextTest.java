package dev.webhookworker.port;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {

  private static final String TEXT = "{\"name\":\"Zoë 🚀\"}";

  @Test
  void bothFormsAreTheSameWhicheverItWasMadeOf() {
    JsonText ofText = JsonText.of(TEXT);
    JsonText ofBytes = JsonText.of(TEXT.getBytes(UTF_8));
    assertThat(ofText.bytes()).isEqualTo(ofBytes.bytes());
    assertThat(ofBytes.text()).isEqualTo(ofText.text()).isEqualTo(TEXT);
    assertThat(ofText).isEqualTo(ofBytes).hasSameHashCodeAs(ofBytes);
  }

  @Test
  void itIsNotQuotedByAccident() {
    assertThat(JsonText.of(TEXT).toString()).doesNotContain("name");
  }
}
