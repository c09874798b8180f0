package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/**
 * A payload as the schema library can be given it. Whole numbers beyond the reach of a {@code long}
 * are whole numbers, however they are written: the library takes {@code 1e64} for 0; their digits
 * are bounded, see {@code InputRules}. Long lists end with their run, see {@link
 * InterruptibleArray}. Stateless.
 */
final class SchemaInput {

  private static final int DIGITS_OF_A_LONG = 18;

  /** Shorter ones are through in a moment, whatever is in them. */
  private static final int LONG_LIST = 1_000;

  private SchemaInput() {}

  /** The same node where there is nothing to change in it. */
  static JsonNode of(JsonNode value) {
    return needsAChange(value) ? changed(value) : value;
  }

  private static boolean needsAChange(JsonNode value) {
    if (!value.isContainerNode()) {
      return isBeyondLong(value);
    }
    if (isLongList(value)) {
      return true;
    }
    for (JsonNode element : value) {
      if (needsAChange(element)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLongList(JsonNode value) {
    return value.isArray() && value.size() > LONG_LIST;
  }

  private static boolean isBeyondLong(JsonNode value) {
    if (!value.isFloatingPointNumber()
        || (value.isDouble() && !Double.isFinite(value.doubleValue()))) {
      return false;
    }
    BigDecimal exact = value.decimalValue();
    return exact.precision() - exact.scale() > DIGITS_OF_A_LONG
        && exact.stripTrailingZeros().scale() <= 0;
  }

  private static JsonNode changed(JsonNode value) {
    if (value.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      value.properties().forEach(field -> object.set(field.getKey(), changed(field.getValue())));
      return object;
    }
    if (value.isArray()) {
      ArrayNode array =
          isLongList(value) ? new InterruptibleArray() : JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> array.add(changed(element)));
      return array;
    }
    return isBeyondLong(value)
        ? BigIntegerNode.valueOf(value.decimalValue().toBigInteger())
        : value;
  }
}
