package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The {@code if} of a conditional rule and the {@code where} of an array. */
sealed interface Condition {

  boolean holds(Scope scope);

  /** Whether the source is there and not null. */
  record Exists(Source source, boolean expected) implements Condition {
    @Override
    public boolean holds(Scope scope) {
      JsonNode value = source.in(scope);
      boolean there = !value.isMissingNode() && !value.isNull();
      return there == expected;
    }
  }

  /** {@code equals} (one value) and {@code in} (several). Numbers are equal by value: 1 and 1.0. */
  record OneOf(Source source, List<JsonNode> values) implements Condition {
    @Override
    public boolean holds(Scope scope) {
      JsonNode value = source.in(scope);
      return values.stream().anyMatch(expected -> same(expected, value));
    }

    private static boolean same(JsonNode one, JsonNode other) {
      if (one.isNumber() && other.isNumber()) {
        return one.decimalValue().compareTo(other.decimalValue()) == 0;
      }
      return one.equals(other);
    }
  }

  /** All of them; true when there are none. */
  record All(List<Condition> conditions) implements Condition {
    @Override
    public boolean holds(Scope scope) {
      return conditions.stream().allMatch(condition -> condition.holds(scope));
    }
  }

  /** At least one of them. */
  record Any(List<Condition> conditions) implements Condition {
    @Override
    public boolean holds(Scope scope) {
      return conditions.stream().anyMatch(condition -> condition.holds(scope));
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public boolean holds(Scope scope) {
      return !condition.holds(scope);
    }
  }
}
