package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * Each makes much of little, or would run for ever; with limits none has time or memory for it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$pad(\"x\", 1000000000)",
        "$pad(\"x\", -2147483647, \"yz\")",
        "[1..10000000]",
        "$sum([1..10000000])",
        "$join([1..1000000].$pad(\"x\", 100000))",
        "($x := $pad(\"a\", 100000); $replace($x, \"a\", $x))",
        "($f := function($x, $n) { $n = 0 ? $x : $f($x & $x, $n - 1) }; $f(\"abcdefgh\", 40))",
        "($f := function($x, $n) { $n = 0 ? $x : $f($append($x, $x), $n - 1) }; $f([1,2], 40))",
        "$replace($pad(\"1,2\", 110), /(.*,){12}P/, \"\")",
        "$match(s, /s/)",
        "$split(s, /e/)",
        "$contains(s, /e/)",
        "$eval(\"$replace('aaaa', /(a*)*b/, '')\")",
      })
  void whatCanNotBeBoundedIsRefused(String expression) {
    assertThatThrownBy(() -> transformed(expression))
        .isInstanceOf(NonRetryableException.class)
        .hasMessageContaining("$jsonata");
  }

  @Test
  void functionsThatAreBoundedWorkAsTheyDid() {
    assertThat(
            transformed(
                    "[$pad(s, 8), $pad(s, -8, \"#\"), $replace(s, \"e\", \"E\"), $replace(s,"
                        + " \"e\", \"\", 1), $count([1..1000]), s ~> $replace(\"s\", \"S\")]")
                .toString())
        .isEqualTo("[\"secret  \",\"##secret\",\"sEcrEt\",\"scret\",1000,\"Secret\"]");
  }
}
