package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Bounds what one transformation may produce, so that a rule that multiplies its input ends with an
 * error and not with the memory. For one thread.
 */
final class OutputBudget {

  /** Most characters of the result, about: four times the default limit of a payload. */
  static final int MOST_CHARACTERS = 4 * 1024 * 1024;

  /** Deepest nesting of the result; Jackson writes no more than 1000. */
  static final int DEEPEST = 900;

  // Mutable state
  private int left = MOST_CHARACTERS;

  /** Takes the size of a value that becomes part of the result. */
  void spend(String rule, JsonNode value) {
    spend(rule, value, 0);
  }

  private void spend(String rule, JsonNode value, int depth) {
    if (depth > DEEPEST) {
      throw new RuleFailure(rule, "its result is nested deeper than " + DEEPEST + " levels");
    }
    if (value.isTextual()) {
      spend(rule, value.textValue().length() + 3);
    } else if (value.isBigInteger() || value.isBigDecimal()) {
      spend(rule, value.asText().length() + 1);
    } else {
      spend(rule, 8);
    }
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              field -> {
                spend(rule, field.getKey().length() + 4);
                spend(rule, field.getValue(), depth + 1);
              });
    } else {
      for (JsonNode element : value) {
        spend(rule, element, depth + 1);
      }
    }
  }

  /** Takes a number of characters. */
  void spend(String rule, int characters) {
    left -= characters;
    if (left < 0) {
      throw new RuleFailure(
          rule,
          "with it the result is larger than about "
              + MOST_CHARACTERS
              + " characters; select less of the payload");
    }
  }
}
