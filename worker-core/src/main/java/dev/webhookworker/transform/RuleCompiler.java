package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules of JSON, noting every problem instead of stopping at the first. For one rule set and
 * one thread. The language is described in docs/transformation.md.
 */
final class RuleCompiler {

  /** Set-level option: what becomes of a target whose source is missing. */
  static final String MISSING = "$missing";

  private static final int DEEPEST = 32;

  /** Names that stand for all rules, never for one. */
  private static final List<String> WHOLE_RULE_SETS = List.of("$jsonata", "$cloudevents");

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
          "conditional");
  private static final Rule NOTHING = new Rule.Literal(NullNode.getInstance());

  private final List<String> problems = new ArrayList<>();
  private MissingSource missing = MissingSource.SKIP;

  /**
   * @throws InvalidRulesException naming everything that is wrong
   */
  FieldRules compile(JsonNode rules) {
    if (!rules.isObject()) {
      throw new InvalidRulesException(
          List.of(
              "transform rules must be an object of target fields, they are "
                  + JsonTypes.name(rules)));
    }
    if (rules.has(MISSING)) {
      missing = missing(new RuleObject(MISSING, rules, problems), MISSING);
    }
    FieldRules compiled = fields("", rules, 0);
    if (!problems.isEmpty()) {
      throw new InvalidRulesException(problems);
    }
    return compiled;
  }

  private FieldRules fields(String around, JsonNode rules, int depth) {
    List<FieldRules.Field> fields = new ArrayList<>();
    Targets targets = new Targets();
    for (Map.Entry<String, JsonNode> entry : rules.properties()) {
      String target = entry.getKey();
      if (depth == 0 && target.equals(MISSING)) {
        continue;
      }
      String name = around.isEmpty() ? target : around + " > " + target;
      try {
        List<String> steps = targets.add(target);
        fields.add(new FieldRules.Field(name, steps, rule(name, entry.getValue(), depth)));
      } catch (IllegalArgumentException wrongTarget) {
        problems.add("transform rule '" + name + "': " + wrongTarget.getMessage());
      }
    }
    return new FieldRules(fields);
  }

  private Rule rule(String name, JsonNode rule, int depth) {
    if (depth > DEEPEST) {
      problems.add("transform rule '" + name + "': is nested deeper than " + DEEPEST + " rules");
      return NOTHING;
    }
    if (rule.isTextual()) {
      String text = rule.textValue();
      RuleObject plain = new RuleObject(name, rule, problems);
      return text.contains("{{") ? template(plain, text) : new Rule.Copy(operand(plain, text));
    }
    if (!rule.isObject()) {
      return new Rule.Literal(rule);
    }
    RuleObject object = new RuleObject(name, rule, problems);
    if (!rule.has("type")) {
      for (String whole : WHOLE_RULE_SETS) {
        if (rule.has(whole)) {
          object.problem(
              "has '"
                  + whole
                  + "', which makes a whole rule set: write {\"transform_rules\": {\""
                  + whole
                  + "\": …}}, or {\"type\": \"constant\", \"value\": …} to copy the object");
          return NOTHING;
        }
      }
      if (!rule.has("source") && !rule.has("fields")) {
        return new Rule.Literal(rule);
      }
      object.problem(
          "lacks its field 'type', one of "
              + RuleObject.list(TYPES)
              + "; write {\"type\": \"constant\", \"value\": …} to copy an object with the field"
              + " 'source' or 'fields'");
      return NOTHING;
    }
    String type = object.text("type", "");
    int inside = depth + 1;
    Rule compiled =
        switch (type) {
          case "rename" -> new Rule.Copy(operand(object));
          case "constant" -> new Rule.Literal(orNull(object.required("value")));
          case "concatenate" -> concatenate(object);
          case "template" -> template(object, orEmpty(object.text("template")));
          case "object" -> new Rule.Nested(nested(object, inside));
          case "array" -> elements(object, inside);
          case "convert" -> convert(object);
          case "date" -> date(object);
          case "case" -> letterCase(object);
          case "conditional" -> conditional(object, inside);
          default -> unknown(object, type);
        };
    if (TYPES.contains(type)) {
      object.refuseUnknownFields();
    }
    return compiled;
  }

  private static Rule unknown(RuleObject object, String type) {
    object.problem("has the type '" + type + "', which is none of " + RuleObject.list(TYPES));
    return NOTHING;
  }

  private Rule concatenate(RuleObject object) {
    List<Operand> operands = new ArrayList<>();
    JsonNode fields = object.required("fields");
    MissingSource ofRule = missing(object, "missing");
    if (fields != null && !fields.isArray()) {
      object.problem("its field 'fields' must be an array of sources");
    } else if (fields != null) {
      for (JsonNode field : fields) {
        if (field.isTextual()) {
          operands.add(operand(object, field.textValue(), ofRule, null));
        } else {
          object.problem("its field 'fields' holds " + JsonTypes.name(field) + ", not a source");
        }
      }
    }
    return new Rule.Concatenate(object.rule(), operands, object.text("separator", ""));
  }

  private Rule template(RuleObject object, String text) {
    List<String> literals = new ArrayList<>();
    List<Operand> sources = new ArrayList<>();
    MissingSource ofRule = missing(object, "missing");
    int from = 0;
    for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", from)) {
      int close = text.indexOf("}}", open);
      if (close < 0) {
        object.problem("its template has '{{' without '}}' after it");
        break;
      }
      literals.add(text.substring(from, open));
      sources.add(operand(object, text.substring(open + 2, close).strip(), ofRule, null));
      from = close + 2;
    }
    literals.add(text.substring(from));
    return new Rule.Template(object.rule(), literals, sources);
  }

  private FieldRules nested(RuleObject object, int depth) {
    JsonNode fields = object.required("fields");
    if (fields == null || !fields.isObject()) {
      object.problem("its field 'fields' must be an object of target fields");
      return new FieldRules(List.of());
    }
    return fields(object.rule(), fields, depth);
  }

  private Rule elements(RuleObject object, int depth) {
    Operand source = operand(object);
    JsonNode where = object.optional("where");
    JsonNode each = object.optional("each");
    return new Rule.Elements(
        object.rule(),
        source,
        where == null ? null : new ConditionCompiler(problems).compile(object.rule(), where),
        each == null ? null : each(object, each, depth));
  }

  /** {@code each} is a rule, or the rules of an object's fields. */
  private Rule each(RuleObject object, JsonNode each, int depth) {
    String name = object.rule() + " > each";
    return each.isObject() && !each.has("type")
        ? new Rule.Nested(fields(name, each, depth))
        : rule(name, each, depth);
  }

  private Rule convert(RuleObject object) {
    Operand source = operand(object);
    String to = object.text("to");
    TypeConversion type =
        to == null
            ? null
            : object.oneOf("to", to, TypeConversion.values(), TypeConversion::configName);
    return type == null ? NOTHING : new Rule.Convert(source, type);
  }

  private Rule letterCase(RuleObject object) {
    Operand source = operand(object);
    String to = object.text("to");
    CaseConversion form =
        to == null
            ? null
            : object.oneOf("to", to, CaseConversion.values(), CaseConversion::configName);
    return form == null ? NOTHING : new Rule.Convert(source, form);
  }

  private Rule date(RuleObject object) {
    Operand source = operand(object);
    DateConversion.Notation from = notation(object, "from");
    DateConversion.Notation to = notation(object, "to");
    String zone = object.text("zone", "UTC");
    try {
      ZoneId id = ZoneId.of(zone);
      return from == null || to == null
          ? NOTHING
          : new Rule.Convert(source, new DateConversion(from, to, id));
    } catch (DateTimeException unknown) {
      object.problem("its field 'zone' is '" + zone + "', which is no time zone");
      return NOTHING;
    }
  }

  private static DateConversion.@Nullable Notation notation(RuleObject object, String field) {
    String name = object.text(field, "iso");
    try {
      return DateConversion.Notation.of(name);
    } catch (IllegalArgumentException noPattern) {
      object.problem(
          "its field '"
              + field
              + "' is '"
              + name
              + "', which is none of iso, rfc1123, epoch_seconds, epoch_millis and no pattern of"
              + " java.time.format.DateTimeFormatter");
      return null;
    }
  }

  private Rule conditional(RuleObject object, int depth) {
    JsonNode condition = object.required("if");
    JsonNode then = object.required("then");
    JsonNode otherwise = object.optional("else");
    if (condition == null || then == null) {
      return NOTHING;
    }
    return new Rule.Conditional(
        new ConditionCompiler(problems).compile(object.rule(), condition),
        rule(object.rule() + " > then", then, depth),
        otherwise == null ? null : rule(object.rule() + " > else", otherwise, depth));
  }

  private Operand operand(RuleObject object) {
    String source = object.text("source");
    MissingSource ofRule = missing(object, "missing");
    return operand(object, source == null ? "." : source, ofRule, object.optional("default"));
  }

  private Operand operand(RuleObject object, String source) {
    return operand(object, source, missing, null);
  }

  private static Operand operand(
      RuleObject object, String source, MissingSource missing, @Nullable JsonNode otherwise) {
    return new Operand(object.rule(), source(object, source), missing, otherwise);
  }

  private static Source source(RuleObject object, String text) {
    try {
      return Source.parse(text);
    } catch (IllegalArgumentException wrong) {
      object.problem("its source '" + text + "' can't be used: " + wrong.getMessage());
      return Source.parse(".");
    }
  }

  private MissingSource missing(RuleObject object, String field) {
    String given = object.text(field, missing.configName());
    MissingSource found =
        object.oneOf(field, given, MissingSource.values(), MissingSource::configName);
    return found == null ? missing : found;
  }

  private static JsonNode orNull(@Nullable JsonNode value) {
    return value == null ? NullNode.getInstance() : value;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
