package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import org.junit.jupiter.api.Test;

class JsonataTransformerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final WebhookEvent EVENT =
      WebhookEvent.of(
          "1",
          "push",
          "{\"items\":[{\"p\":2,\"n\":3},{\"p\":5,\"n\":1}],\"nothing\":null,\"s\":\"secret\"}");

  private static JsonNode transformed(String expression) {
    JsonNode rules = JSON.createObjectNode().put("$jsonata", expression);
    return new JsonataTransformer().transform(EVENT, rules).payload();
  }

  @Test
  void anExpressionMakesThePayload() {
    assertThat(transformed("{\"total\": $sum(items.(p * n)), \"nothing\": nothing}").toString())
        .isEqualTo("{\"total\":11,\"nothing\":null}");
  }

  @Test
  void aWrongExpressionIsRefusedBeforeAnyEvent() {
    JsonNode rules = JSON.createObjectNode().put("$jsonata", "{\"a\": ");
    assertThatThrownBy(() -> new JsonataTransformer().compile(rules))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("$jsonata");
  }

  @Test
  void aFailingExpressionShowsNoValue() {
    assertThatThrownBy(() -> transformed("s + 1"))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("JSONata error T2001")
        .hasMessageNotContaining("secret");
  }

  @Test
  void anEndlessExpressionIsEnded() {
    assertThatThrownBy(() -> transformed("($f := function($x) { $f($x) + 1 }; $f(1))"))
        .isInstanceOf(NonRetryableException.class);
  }
}
