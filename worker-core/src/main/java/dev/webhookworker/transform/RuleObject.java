package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object of a rule set and notes what is wrong with it; a field that nothing has asked
 * for is refused at the end. For one thread.
 */
final class RuleObject {

  private final String rule;
  private final JsonNode object;
  private final List<String> problems;
  private final Set<String> known = new HashSet<>();

  RuleObject(String rule, JsonNode object, List<String> problems) {
    this.rule = rule;
    this.object = object;
    this.problems = problems;
  }

  String rule() {
    return rule;
  }

  void problem(String text) {
    problems.add("transform rule '" + rule + "': " + text);
  }

  boolean has(String field) {
    return object.has(field);
  }

  /** The field; null when it is absent. */
  @Nullable JsonNode optional(String field) {
    known.add(field);
    return object.get(field);
  }

  /** The field; null, and a problem, when it is absent. */
  @Nullable JsonNode required(String field) {
    JsonNode value = optional(field);
    if (value == null) {
      problem("lacks its field '" + field + "'");
    }
    return value;
  }

  /** The field's text; null, and a problem, when it is absent or no text. */
  @Nullable String text(String field) {
    JsonNode value = required(field);
    if (value != null && !value.isTextual()) {
      problem("its field '" + field + "' must be a text, it is " + JsonTypes.name(value));
      return null;
    }
    return value == null ? null : value.textValue();
  }

  /** The field's text, else the default. */
  String text(String field, String absent) {
    String given = has(field) ? text(field) : absent;
    known.add(field);
    return given == null ? absent : given;
  }

  /** The constant that the field names, by its {@code configName}; null, and a problem, if none. */
  <E extends Enum<E>> @Nullable E oneOf(
      String field, String given, E[] values, java.util.function.Function<E, String> name) {
    known.add(field);
    List<String> names = new ArrayList<>();
    for (E value : values) {
      if (name.apply(value).equals(given)) {
        return value;
      }
      names.add(name.apply(value));
    }
    problem("its field '" + field + "' is '" + given + "', which is none of " + list(names));
    return null;
  }

  void refuseUnknownFields() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problem(
                    "has the field '"
                        + name
                        + "', which it does not know; it knows "
                        + list(known.stream().sorted().toList()));
              }
            });
  }

  static String list(List<String> names) {
    return String.join(", ", names);
  }
}
