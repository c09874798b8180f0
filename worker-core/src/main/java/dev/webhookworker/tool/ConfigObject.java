package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.webhookworker.config.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of a configuration and notes what is wrong with it, without showing values that
 * may be secret. A null counts as absent; a field that nothing has asked for is refused at the end.
 * For one thread.
 */
final class ConfigObject {

  private static final int LONGEST_NAME = 255;

  private final String name;
  private final JsonNode json;
  private final List<String> problems;
  private final Set<String> known = new HashSet<>();

  ConfigObject(String name, JsonNode json, List<String> problems) {
    this.name = name;
    this.json = json;
    this.problems = problems;
  }

  void problem(String text) {
    problems.add(name + ": " + text);
  }

  @Nullable String text(String field) {
    JsonNode value = value(field, "a text", JsonNode::isTextual);
    return value == null ? null : value.textValue();
  }

  /** A text of at most 255 characters. */
  @Nullable String name(String field) {
    String value = text(field);
    if (value != null && value.length() > LONGEST_NAME) {
      problem("its field '" + field + "' is longer than " + LONGEST_NAME + " characters");
    }
    return value;
  }

  @Nullable String oneOf(String field, Set<String> allowed) {
    String value = text(field);
    if (value != null && !allowed.contains(value)) {
      problem("its field '" + field + "' is '" + value + "', which is none of " + list(allowed));
      return null;
    }
    return value;
  }

  boolean flag(String field, boolean absent) {
    JsonNode value = value(field, "true or false", JsonNode::isBoolean);
    return value == null ? absent : value.booleanValue();
  }

  @Nullable Integer number(String field, int least, int most) {
    JsonNode value = value(field, "a whole number", JsonNode::isIntegralNumber);
    if (value == null) {
      return null;
    }
    if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
      problem("its field '" + field + "' must be from " + least + " to " + most);
      return null;
    }
    return value.intValue();
  }

  @Nullable Double decimal(String field) {
    JsonNode value = value(field, "a number", JsonNode::isNumber);
    return value == null ? null : value.doubleValue();
  }

  /** A duration such as {@code 30s}, longer than 0. */
  @Nullable Duration duration(String field, Duration longest) {
    String text = text(field);
    if (text == null) {
      return null;
    }
    try {
      Duration duration = Durations.parse(text);
      if (duration.compareTo(Duration.ZERO) > 0 && duration.compareTo(longest) <= 0) {
        return duration;
      }
      problem(
          "its field '" + field + "' must be longer than 0 and at most " + longest.toHours() + "h");
    } catch (IllegalArgumentException wrong) {
      problem("its field '" + field + "' is '" + text + "': " + wrong.getMessage());
    }
    return null;
  }

  @Nullable JsonNode objectNode(String field) {
    return value(field, "an object", JsonNode::isObject);
  }

  /** The object; an empty one when it is absent. */
  ConfigObject object(String field) {
    JsonNode value = objectNode(field);
    return new ConfigObject(
        name + " " + field,
        value == null ? JsonNodeFactory.instance.objectNode() : value,
        problems);
  }

  List<ConfigObject> objects(String field) {
    List<ConfigObject> objects = new ArrayList<>();
    for (JsonNode element : array(field)) {
      String elementName = name + " " + field + "[" + objects.size() + "]";
      if (!element.isObject()) {
        problems.add(elementName + ": must be an object");
      }
      objects.add(new ConfigObject(elementName, element, problems));
    }
    return objects;
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(field)) {
      if (element.isTextual()) {
        texts.add(element.textValue());
      } else {
        problem("its field '" + field + "' must be an array of texts");
      }
    }
    return texts;
  }

  private JsonNode array(String field) {
    JsonNode value = value(field, "an array", JsonNode::isArray);
    return value == null ? JsonNodeFactory.instance.arrayNode() : value;
  }

  private @Nullable JsonNode value(
      String field, String expected, java.util.function.Predicate<JsonNode> fits) {
    known.add(field);
    JsonNode value = json.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!fits.test(value)) {
      problem(
          "its field '"
              + field
              + "' must be "
              + expected
              + ", it is of the type "
              + value.getNodeType().name().toLowerCase(Locale.ROOT));
      return null;
    }
    return value;
  }

  void refuseUnknownFields() {
    json.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                problem(
                    "has the field '"
                        + field
                        + "', which the worker does not know; it knows "
                        + list(known));
              }
            });
  }

  private static String list(Set<String> names) {
    return String.join(", ", new TreeSet<>(names));
  }
}
