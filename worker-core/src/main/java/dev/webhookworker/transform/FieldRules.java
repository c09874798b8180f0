package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.BiConsumer;

/** The rules of one object's fields, applied in their order. */
record FieldRules(List<Field> fields) {

  /**
   * One target.
   *
   * @param name as written, with those of the rules around it
   * @param steps the names from the result's top to the target; never empty, no target lies inside
   *     another
   */
  record Field(String name, List<String> steps, Rule rule) {}

  ObjectNode apply(Scope scope) {
    return apply(scope, (name, value) -> {});
  }

  /** Tells the trace what each target became; a missing node when it is left out. */
  ObjectNode apply(Scope scope, BiConsumer<String, JsonNode> trace) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    for (Field field : fields) {
      JsonNode value = field.rule().apply(scope);
      trace.accept(field.name(), value);
      if (!value.isMissingNode()) {
        scope.budget().spend(field.name(), value);
        set(result, field.steps(), value);
      }
    }
    return result;
  }

  private static void set(ObjectNode result, List<String> steps, JsonNode value) {
    ObjectNode parent = result;
    for (String step : steps.subList(0, steps.size() - 1)) {
      // Only this method makes what lies on the way to a target, so it is an object.
      parent = parent.withObjectProperty(step);
    }
    parent.set(steps.get(steps.size() - 1), value);
  }
}
