package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransformTrialTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final WebhookEvent ONE = WebhookEvent.of("1", "push", "{\"a\":1,\"b\":2}");
  private static final WebhookEvent OTHER = WebhookEvent.of("2", "push", "{\"a\":1}");

  private static TransformTrial trial(String rules) throws Exception {
    return TransformTrial.of(JSON.readTree(rules));
  }

  @Test
  void aTrialShowsWhatEachTargetBecame() throws Exception {
    TransformTrial.Result result = trial("{\"x\": \"a\", \"y\": \"gone\"}").run(ONE);
    assertThat(result.steps()).extracting(TransformTrial.Step::target).containsExactly("x", "y");
    assertThat(result.steps().get(1).value()).isEmpty();
    assertThat(result.payload().orElseThrow()).hasToString("{\"x\":1}");
  }

  @Test
  void aFailingRuleEndsTheTraceWithItsError() throws Exception {
    TransformTrial.Result result =
        trial(
                "{\"x\": \"a\", \"y\": {\"type\": \"rename\", \"source\": \"b\", \"missing\": \"fail\"}}")
            .run(OTHER);
    assertThat(result.steps()).hasSize(1);
    assertThat(result.payload()).isEmpty();
    assertThat(result.error().orElseThrow()).contains("'y'", "'b'");
  }

  @Test
  void whatIfShowsTheEventsThatOtherRulesTreatDifferently() throws Exception {
    List<TransformTrial.Difference> differences =
        trial("{\"x\": \"a\"}").whatIf(trial("{\"x\": \"a\", \"y\": \"b\"}"), List.of(ONE, OTHER));
    assertThat(differences).singleElement().matches(one -> one.eventId().equals("1"));
  }
}
