package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;

/** Payloads and rules drawn at random, right and wrong ones; the same for the same seed. */
final class RandomJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of("a", "b", "c.d", "e/f", "", "1", "ü\n", "$", "~");
  private static final List<String> SOURCES =
      List.of(
          "a", "b", "a.b", "/a/b", "/a/0", "c.d", "/", "", "$/a", ".", "/e~1f", "a.0.b", "/~", "$");
  private static final List<String> TYPES =
      List.of(
          "rename",
          "constant",
          "concatenate",
          "template",
          "object",
          "array",
          "convert",
          "date",
          "case",
          "conditional",
          "none");
  private static final List<String> TEXTS =
      List.of(
          "",
          "x",
          "12.50",
          "1e999999999",
          "true",
          "2026-11-24T12:00:00Z",
          "{{a}}-{{/b}}",
          "{{",
          "}}{{}}",
          "FooBar_baz",
          "\ud800",
          "NaN",
          "9".repeat(2000),
          "+1000000000-12-31T23:59:59Z");
  private static final List<String> TARGETS =
      List.of("a", "/a/b", "/a", "x.y", "", "/", "/~2", "$missing", "z");

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  JsonNode value(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextLong());
      case 3 -> NODES.numberNode(new BigDecimal(one(List.of("1e999999999", "1E-400", "0.10"))));
      case 4 -> NODES.numberNode(random.nextInt(10));
      case 5, 6 -> NODES.textNode(one(TEXTS));
      case 7 -> array(depth - 1);
      default -> object(depth - 1);
    };
  }

  ObjectNode object(int depth) {
    ObjectNode object = NODES.objectNode();
    for (int i = random.nextInt(5); i > 0; i--) {
      object.set(one(NAMES), value(depth));
    }
    return object;
  }

  private ArrayNode array(int depth) {
    ArrayNode array = NODES.arrayNode();
    for (int i = random.nextInt(5); i > 0; i--) {
      array.add(value(depth));
    }
    return array;
  }

  JsonNode rules() {
    ObjectNode rules = NODES.objectNode();
    for (int i = random.nextInt(3); i >= 0; i--) {
      rules.set(one(TARGETS), rule(3));
    }
    return rules;
  }

  private JsonNode rule(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return random.nextBoolean() ? NODES.textNode(one(SOURCES)) : value(1);
    }
    ObjectNode rule = NODES.objectNode().put("type", one(TYPES));
    switch (rule.get("type").asText()) {
      case "constant" -> rule.set("value", value(2));
      case "concatenate" -> rule.putArray("fields").add(one(SOURCES)).add(one(SOURCES));
      case "template" -> rule.put("template", one(TEXTS));
      case "object" -> rule.putObject("fields").set(one(TARGETS), rule(depth - 1));
      case "array" -> array(rule, depth);
      case "conditional" -> {
        rule.set("if", condition(2));
        rule.set("then", rule(depth - 1));
      }
      default -> rule.put("source", one(SOURCES));
    }
    details(rule);
    return rule;
  }

  private void array(ObjectNode rule, int depth) {
    rule.put("source", one(SOURCES));
    if (random.nextBoolean()) {
      rule.set("each", rule(depth - 1));
    }
    if (random.nextBoolean()) {
      rule.set("where", condition(2));
    }
  }

  private void details(ObjectNode rule) {
    switch (rule.get("type").asText()) {
      case "convert" -> rule.put("to", one(List.of("string", "number", "integer", "boolean")));
      case "case" -> rule.put("to", one(List.of("upper", "snake", "camel", "title", "kebab")));
      case "date" -> {
        rule.put("from", one(List.of("iso", "epoch_seconds", "epoch_millis", "yyyy")));
        rule.put("to", one(List.of("iso", "rfc1123", "epoch_millis", "dd.MM.yy", "VV {")));
      }
      default -> {}
    }
    if (random.nextInt(5) == 0) {
      rule.put("missing", one(List.of("skip", "null", "fail", "never")));
    }
    if (random.nextInt(9) == 0) {
      rule.set("default", value(1));
    }
  }

  private JsonNode condition(int depth) {
    ObjectNode condition = NODES.objectNode();
    switch (random.nextInt(depth > 0 ? 5 : 2)) {
      case 0 -> condition.put("source", one(SOURCES)).set("equals", value(1));
      case 1 -> condition.put("source", one(SOURCES)).put("exists", random.nextBoolean());
      case 2 -> condition.set("not", condition(depth - 1));
      case 3 -> condition.putArray("all").add(condition(depth - 1)).add(condition(depth - 1));
      default -> condition.set(one(List.of("any", "some")), array(1));
    }
    return condition;
  }

  /** Adds one of the known rules and what it must make of the payload. */
  void knownRule(String target, JsonNode payload, ObjectNode rules, ObjectNode expected) {
    String name = one(List.of("a", "b", "1", "gone"));
    JsonNode value = payload.path(name);
    switch (random.nextInt(5)) {
      case 0 -> {
        rules.put(target, random.nextBoolean() ? name : "/" + name);
        setPresent(expected, target, value);
      }
      case 1 -> {
        rules.putObject(target).put("type", "rename").put("source", name);
        setPresent(expected, target, value);
      }
      case 2 -> {
        JsonNode constant = value(2);
        rules.putObject(target).put("type", "constant").set("value", constant);
        expected.set(target, constant);
      }
      case 3 -> {
        rules.putObject(target).put("type", "concatenate").putArray("fields").add(name).add("/b");
        expected.put(target, text(value) + text(payload.path("b")));
      }
      default -> {
        JsonNode literal = random.nextBoolean() ? NODES.numberNode(5) : array(1);
        rules.set(target, literal);
        expected.set(target, literal);
      }
    }
  }

  private static void setPresent(ObjectNode expected, String target, JsonNode value) {
    if (!value.isMissingNode()) {
      expected.set(target, value);
    }
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
