package dev.webhookworker.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.pipeline.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"u\":\"\\ud800x\"}",
        "{\"u\":\"x\\udc00\"}",
        "{\"u\":\"\\udc00\\ud800\"}",
        "{\"u\":\"\\ud83d\\ude00 whole\"}",
        "{}"
      })
  void aLoneSurrogateStaysTheEscapeThatItWas(String received) throws Exception {
    String written = Json.MAPPER.readTree(received).toString();
    String stored = new String(JsonText.of(written).bytes(), StandardCharsets.UTF_8);
    assertThat(stored).doesNotContain("?").doesNotContain("\uFFFD");
    assertThat(Json.MAPPER.readTree(stored)).isEqualTo(Json.MAPPER.readTree(received));
  }
}
