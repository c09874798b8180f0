package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes conditions of JSON, noting every problem. For one rule set and one thread. */
final class ConditionCompiler {

  private static final int DEEPEST = 32;
  private static final Condition NEVER = new Condition.Any(List.of());
  private static final String FORMS =
      "a condition is {\"all\": […]}, {\"any\": […]}, {\"not\": …}, or {\"source\": …} with one of"
          + " exists, equals, in";

  private final List<String> problems;

  ConditionCompiler(List<String> problems) {
    this.problems = problems;
  }

  Condition compile(String rule, JsonNode condition) {
    return compile(rule, condition, 0);
  }

  private Condition compile(String rule, JsonNode condition, int depth) {
    RuleObject object = new RuleObject(rule, condition, problems);
    if (depth > DEEPEST) {
      object.problem("its condition is nested deeper than " + DEEPEST + " levels");
      return NEVER;
    }
    if (!condition.isObject()) {
      object.problem(FORMS);
      return NEVER;
    }
    Condition compiled = compile(object, depth);
    if (compiled == null) {
      object.problem(FORMS);
      return NEVER;
    }
    object.refuseUnknownFields();
    return compiled;
  }

  private @Nullable Condition compile(RuleObject object, int depth) {
    if (object.has("all")) {
      return new Condition.All(list(object, "all", depth));
    }
    if (object.has("any")) {
      return new Condition.Any(list(object, "any", depth));
    }
    JsonNode negated = object.optional("not");
    if (negated != null) {
      return new Condition.Not(compile(object.rule(), negated, depth + 1));
    }
    return object.has("source") ? comparison(object) : null;
  }

  private List<Condition> list(RuleObject object, String field, int depth) {
    List<Condition> conditions = new ArrayList<>();
    JsonNode given = object.required(field);
    if (given == null || !given.isArray()) {
      object.problem("its field '" + field + "' must be an array of conditions");
      return conditions;
    }
    given.forEach(one -> conditions.add(compile(object.rule(), one, depth + 1)));
    return conditions;
  }

  private static @Nullable Condition comparison(RuleObject object) {
    String text = object.text("source");
    if (text == null) {
      return NEVER;
    }
    try {
      Source source = Source.parse(text);
      JsonNode exists = object.optional("exists");
      if (exists != null) {
        return new Condition.Exists(source, exists.asBoolean(true));
      }
      JsonNode equal = object.optional("equals");
      if (equal != null) {
        return new Condition.OneOf(source, List.of(equal));
      }
      JsonNode among = object.optional("in");
      if (among == null || !among.isArray()) {
        return null;
      }
      List<JsonNode> values = new ArrayList<>();
      among.forEach(values::add);
      return new Condition.OneOf(source, values);
    } catch (IllegalArgumentException wrong) {
      object.problem("the source of its condition can't be used: " + wrong.getMessage());
      return NEVER;
    }
  }
}
