package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.NonRetryableException;
import java.util.function.BiConsumer;

/** A rule set, ready to be applied to any number of payloads. Immutable, thread-safe. */
public final class CompiledRules {

  private final FieldRules fields;

  private CompiledRules(FieldRules fields) {
    this.fields = fields;
  }

  /**
   * Compiles a rule set, target field to rule; docs/transformation.md describes the language.
   *
   * @throws InvalidRulesException naming everything that is wrong with it
   */
  public static CompiledRules compile(JsonNode rules) {
    return new CompiledRules(new RuleCompiler().compile(rules));
  }

  /**
   * The payload that the rules make of this one, which is left as it is. The result may share
   * subtrees with it.
   *
   * @throws NonRetryableException when a rule can't be applied; the message names the rule and the
   *     path, never a value
   */
  public ObjectNode apply(JsonNode payload) {
    return fields.apply(Scope.of(payload));
  }

  /**
   * Like {@link #apply}, and tells what each target became, in the order of the rules.
   *
   * @param trace gets the rule's name and its value; a missing node when the target is left out
   */
  public ObjectNode apply(JsonNode payload, BiConsumer<String, JsonNode> trace) {
    return fields.apply(Scope.of(payload), trace);
  }
}
