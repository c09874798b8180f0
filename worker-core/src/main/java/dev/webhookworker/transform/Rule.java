package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One compiled rule. Immutable, thread-safe. */
sealed interface Rule {

  /**
   * The target's value; a missing node leaves the target out.
   *
   * @throws RuleFailure when the rule can't be applied
   */
  JsonNode apply(Scope scope);

  /** Copies the source: a plain string, and {@code rename}. */
  record Copy(Operand source) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      return source.read(scope);
    }
  }

  /** A literal, and {@code constant}. */
  record Literal(JsonNode value) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      return value;
    }
  }

  /** {@code concatenate}. */
  record Concatenate(String rule, List<Operand> fields, String separator) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < fields.size(); i++) {
        String part = (i == 0 ? "" : separator) + fields.get(i).readText(scope);
        scope.budget().spend(rule, part.length());
        text.append(part);
      }
      return JsonNodeFactory.instance.textNode(text.toString());
    }
  }

  /**
   * {@code template}: literals and sources in turn.
   *
   * @param literals one more than there are sources
   */
  record Template(String rule, List<String> literals, List<Operand> sources) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      StringBuilder text = new StringBuilder(literals.get(0));
      for (int i = 0; i < sources.size(); i++) {
        String part = sources.get(i).readText(scope);
        scope.budget().spend(rule, part.length() + literals.get(i + 1).length());
        text.append(part).append(literals.get(i + 1));
      }
      return JsonNodeFactory.instance.textNode(text.toString());
    }
  }

  /** {@code object}: rules of its own for each field. */
  record Nested(FieldRules fields) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      return fields.apply(scope);
    }
  }

  /** {@code array}: filters and maps the elements of the source. */
  record Elements(String rule, Operand source, @Nullable Condition where, @Nullable Rule each)
      implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      JsonNode array = source.read(scope);
      if (array.isMissingNode() || array.isNull()) {
        return array;
      }
      if (!array.isArray()) {
        throw source.failure("is no array but " + JsonTypes.name(array));
      }
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      for (JsonNode element : array) {
        Scope inside = scope.element(element);
        scope.budget().spend(rule, 1);
        if (where == null || where.holds(inside)) {
          JsonNode value = each == null ? element : each.apply(inside);
          if (!value.isMissingNode()) {
            scope.budget().spend(rule, value);
            result.add(value);
          }
        }
      }
      return result;
    }
  }

  /** {@code convert}, {@code date} and {@code case}: another form of the source. */
  record Convert(Operand source, Conversion conversion) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      JsonNode value = source.read(scope);
      if (value.isMissingNode() || value.isNull()) {
        return value;
      }
      try {
        return conversion.convert(value);
      } catch (Conversion.Impossible impossible) {
        throw source.failure(impossible.reason());
      }
    }
  }

  /** One rule or another one. */
  record Conditional(Condition condition, Rule then, @Nullable Rule otherwise) implements Rule {
    @Override
    public JsonNode apply(Scope scope) {
      if (condition.holds(scope)) {
        return then.apply(scope);
      }
      return otherwise == null ? MissingNode.getInstance() : otherwise.apply(scope);
    }
  }
}
