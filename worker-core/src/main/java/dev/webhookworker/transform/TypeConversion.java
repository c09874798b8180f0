package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Locale;

/** {@code convert}: the type of a value. Numbers keep their exact value. */
enum TypeConversion implements Conversion {
  STRING {
    @Override
    public JsonNode convert(JsonNode value) {
      return TextNode.valueOf(value.isValueNode() ? value.asText() : value.toString());
    }
  },
  NUMBER {
    @Override
    public JsonNode convert(JsonNode value) throws Impossible {
      return value.isNumber() ? value : DecimalNode.valueOf(number(value));
    }
  },
  INTEGER {
    @Override
    public JsonNode convert(JsonNode value) throws Impossible {
      BigDecimal number = number(value);
      if (number.scale() > LONGEST_NUMBER
          || number.precision() - (long) number.scale() > LONGEST_NUMBER) {
        throw new Impossible("is a number with too many digits");
      }
      if (number.signum() != 0 && number.stripTrailingZeros().scale() > 0) {
        throw new Impossible("is no whole number");
      }
      return JsonNodeFactory.instance.numberNode(
          number.signum() == 0 ? BigDecimal.ZERO.toBigInteger() : number.toBigIntegerExact());
    }
  },
  BOOLEAN {
    @Override
    public JsonNode convert(JsonNode value) throws Impossible {
      if (value.isBoolean()) {
        return value;
      }
      String text = value.isValueNode() ? value.asText().strip().toLowerCase(Locale.ROOT) : "";
      return switch (text) {
        case "true", "yes", "on", "1" -> BooleanNode.TRUE;
        case "false", "no", "off", "0" -> BooleanNode.FALSE;
        default -> throw new Impossible("is none of true, false, yes, no, on, off, 1, 0");
      };
    }
  };

  private static final int LONGEST_NUMBER = 1000;

  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static BigDecimal number(JsonNode value) throws Impossible {
    if (value.isNumber()) {
      return value.decimalValue();
    }
    if (value.isBoolean()) {
      return value.asBoolean() ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    if (value.isTextual() && value.textValue().length() <= LONGEST_NUMBER) {
      try {
        return new BigDecimal(value.textValue().strip());
      } catch (NumberFormatException notANumber) {
        throw new Impossible("is a text that is no number");
      }
    }
    throw new Impossible("can't become a number, it is " + JsonTypes.name(value));
  }
}
