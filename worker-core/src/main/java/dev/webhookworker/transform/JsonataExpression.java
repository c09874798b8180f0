package dev.webhookworker.transform;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.webhookworker.NonRetryableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSONata expression; the only class that touches the library, loaded when it is used. Immutable,
 * thread-safe.
 */
final class JsonataExpression {

  /** Longest evaluation in milliseconds. */
  static final long LONGEST_MILLIS = 2_000;

  private static final String RULE = "$jsonata";
  private static final ObjectMapper PLAIN = new ObjectMapper();

  private final Jsonata expression;

  private JsonataExpression(Jsonata expression) {
    this.expression = expression;
  }

  /**
   * @throws InvalidRulesException when it is no JSONata; says where
   */
  static JsonataExpression compile(String text) {
    try {
      return new JsonataExpression(Jsonata.jsonata(text));
    } catch (JException wrong) {
      throw new InvalidRulesException(
          List.of("transform rule '$jsonata': is no JSONata, " + codeAndPlace(wrong)));
    } catch (RuntimeException | StackOverflowError wrong) {
      throw new InvalidRulesException(List.of("transform rule '$jsonata': is no JSONata"));
    }
  }

  /**
   * @throws NonRetryableException when the expression fails; never shows a value
   */
  JsonNode apply(JsonNode payload) {
    // A frame of its own for each evaluation: the expression's is shared between threads.
    Jsonata.Frame frame = expression.createFrame();
    JsonataBudget.bound(frame, RULE, LONGEST_MILLIS);
    try {
      JsonNode result = PLAIN.valueToTree(expression.evaluate(plain(payload), frame));
      if (result == null || result.isMissingNode()) {
        return NullNode.getInstance();
      }
      new OutputBudget().spend(RULE, result);
      return result;
    } catch (JException failed) {
      if (failed.getCause() instanceof RuleFailure beyondItsBudget) {
        throw beyondItsBudget;
      }
      // The library's messages show values; its code and the place do not.
      throw new RuleFailure(RULE, "can't be evaluated, " + codeAndPlace(failed));
    } catch (RuleFailure tooLarge) {
      throw tooLarge;
    } catch (RuntimeException | StackOverflowError failed) {
      throw new RuleFailure(RULE, "can't be evaluated (" + failed.getClass().getSimpleName() + ")");
    }
  }

  private static String codeAndPlace(JException failure) {
    String code = failure.getError();
    boolean known = code != null && code.matches("[A-Z]\\d{4}");
    return (known ? "JSONata error " + code : "an error of JSONata or its limits of time and depth")
        + (failure.getLocation() < 0 ? "" : " at character " + failure.getLocation());
  }

  private static @Nullable Object plain(JsonNode value) {
    if (value.isObject()) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      value.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
      return map;
    }
    if (value.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      value.forEach(element -> list.add(plain(element)));
      return list;
    }
    if (value.isNumber()) {
      return value.numberValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    return value.isNull() ? Jsonata.NULL_VALUE : value.asText();
  }
}
