package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/**
 * Whole numbers beyond the reach of a {@code long} as whole numbers, however they are written: the
 * schema library takes {@code 1e64} for 0. Their digits are bounded, see {@code InputRules}.
 * Stateless.
 */
final class WholeNumbers {

  private static final int DIGITS_OF_A_LONG = 18;

  private WholeNumbers() {}

  /** The same node where there is no such number in it. */
  static JsonNode of(JsonNode value) {
    return areIn(value) ? converted(value) : value;
  }

  private static boolean areIn(JsonNode value) {
    if (!value.isContainerNode()) {
      return isOne(value);
    }
    for (JsonNode element : value) {
      if (areIn(element)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOne(JsonNode value) {
    if (!value.isFloatingPointNumber()
        || (value.isDouble() && !Double.isFinite(value.doubleValue()))) {
      return false;
    }
    BigDecimal exact = value.decimalValue();
    return exact.precision() - exact.scale() > DIGITS_OF_A_LONG
        && exact.stripTrailingZeros().scale() <= 0;
  }

  private static JsonNode converted(JsonNode value) {
    if (value.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      value.properties().forEach(field -> object.set(field.getKey(), converted(field.getValue())));
      return object;
    }
    if (value.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> array.add(converted(element)));
      return array;
    }
    return isOne(value) ? BigIntegerNode.valueOf(value.decimalValue().toBigInteger()) : value;
  }
}
