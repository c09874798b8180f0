package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import org.junit.jupiter.api.Test;

class RuleTransformerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAYLOAD =
      "{\"a\":1,\"name\":\"Ada\",\"big\":12345678901234567890.5,"
          + "\"repo\":{\"full_name\":\"o/r\",\"a/b\":true},\"list\":[1,2]}";

  private static JsonNode transformed(String rules) throws JsonProcessingException {
    return new RuleTransformer()
        .transform(WebhookEvent.of("1", "push", PAYLOAD), JSON.readTree(rules))
        .payload();
  }

  @Test
  void aStringNamesTheSourceField() throws Exception {
    assertThat(transformed("{\"who\":\"name\"}").path("who").asText()).isEqualTo("Ada");
  }

  @Test
  void aSourceMayBeAJsonPointer() throws Exception {
    JsonNode result =
        transformed("{\"repo\":\"/repo/full_name\",\"odd\":\"/repo/a~1b\",\"two\":\"/list/1\"}");
    assertThat(result.path("repo").asText()).isEqualTo("o/r");
    assertThat(result.path("odd").asBoolean()).isTrue();
    assertThat(result.path("two").asInt()).isEqualTo(2);
  }

  @Test
  void renameConstantAndConcatenateDoWhatTheySay() throws Exception {
    JsonNode result =
        transformed(
            "{\"who\":{\"type\":\"rename\",\"source\":\"name\"},"
                + "\"kind\":{\"type\":\"constant\",\"value\":{\"x\":[1]}},"
                + "\"both\":{\"type\":\"concatenate\",\"fields\":[\"name\",\"a\",\"none\"]}}");
    assertThat(result.path("who").asText()).isEqualTo("Ada");
    assertThat(result.path("kind").toString()).isEqualTo("{\"x\":[1]}");
    assertThat(result.path("both").asText()).isEqualTo("Ada1");
  }

  @Test
  void anyOtherLiteralIsCopied() throws Exception {
    assertThat(transformed("{\"n\":5,\"t\":true,\"l\":[1],\"z\":null}").toString())
        .isEqualTo("{\"n\":5,\"t\":true,\"l\":[1],\"z\":null}");
  }

  @Test
  void aMissingSourceLeavesItsTargetOut() throws Exception {
    assertThat(transformed("{\"x\":\"none\",\"y\":\"/none/deeper\"}").toString()).isEqualTo("{}");
  }

  @Test
  void anUnknownTypeOrAMissingFieldIsToldByName() {
    assertThatThrownBy(() -> transformed("{\"x\":{\"type\":\"upper\",\"source\":\"a\"}}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("upper");
    assertThatThrownBy(() -> transformed("{\"x\":{\"type\":\"rename\"}}"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("source");
  }
}
