package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A condition of the rule language on a whole payload. Immutable, thread-safe. */
public final class PayloadCondition {

  private final Condition condition;

  private PayloadCondition(Condition condition) {
    this.condition = condition;
  }

  /**
   * Compiles a condition, as in a rule's {@code if}.
   *
   * @throws InvalidRulesException naming everything that is wrong with it
   */
  public static PayloadCondition compile(JsonNode condition) {
    List<String> problems = new ArrayList<>();
    Condition compiled = new ConditionCompiler(problems).compile("filter", condition);
    if (!problems.isEmpty()) {
      throw new InvalidRulesException(problems);
    }
    return new PayloadCondition(compiled);
  }

  public boolean holds(JsonNode payload) {
    return condition.holds(Scope.of(payload));
  }
}
