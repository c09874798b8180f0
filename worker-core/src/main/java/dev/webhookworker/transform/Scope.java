package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a rule sees.
 *
 * @param root the whole payload, for sources that begin with {@code $}
 * @param current the payload, or the element inside {@code each} and {@code where}
 */
record Scope(JsonNode root, JsonNode current, OutputBudget budget) {

  static Scope of(JsonNode payload) {
    return new Scope(payload, payload, new OutputBudget());
  }

  Scope element(JsonNode element) {
    return new Scope(root, element, budget);
  }
}
