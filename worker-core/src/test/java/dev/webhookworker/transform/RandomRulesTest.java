package dev.webhookworker.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RandomRulesTest {

  private static final int ROUNDS = 30_000;

  @Test
  void nothingButTheDocumentedErrorIsEverThrown() {
    int applied = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      RandomJson random = new RandomJson(new Random(seed));
      JsonNode rules = random.rules();
      JsonNode payload = random.value(4);
      try {
        new RuleTransformer()
            .transform(WebhookEvent.of("1", "push", payload.toString()), rules)
            .rawPayload();
        applied++;
      } catch (NonRetryableException documented) {
        assertThat(documented).hasMessageContaining("transform rule");
      } catch (RuntimeException | StackOverflowError other) {
        fail("seed " + seed + ": " + rules + " on " + payload, other);
      }
    }
    assertThat(applied).as("rule sets that could be applied").isGreaterThan(ROUNDS / 10);
  }

  @Test
  void theKnownRulesGiveTheDocumentedResults() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      RandomJson random = new RandomJson(new Random(seed));
      JsonNode payload = random.object(3);
      ObjectNode rules = JsonNodeFactory.instance.objectNode();
      ObjectNode expected = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < 4; i++) {
        random.knownRule("t" + i, payload, rules, expected);
      }
      JsonNode result = CompiledRules.compile(rules).apply(payload);
      assertThat(result).as("seed %s: %s on %s", seed, rules, payload).isEqualTo(expected);
    }
  }
}
