package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.jspecify.annotations.Nullable;

/**
 * A source together with what stands in for it.
 *
 * @param rule the rule's name, for errors
 * @param otherwise used when the source is missing or null; null when there is no default
 */
record Operand(String rule, Source source, MissingSource missing, @Nullable JsonNode otherwise) {

  /** The value; a missing node when the target is to be left out. */
  JsonNode read(Scope scope) {
    JsonNode value = source.in(scope);
    if (otherwise != null && (value.isMissingNode() || value.isNull())) {
      return otherwise;
    }
    if (!value.isMissingNode()) {
      return value;
    }
    return switch (missing) {
      case SKIP -> value;
      case NULL -> NullNode.getInstance();
      case FAIL -> throw failure("is missing in the payload");
    };
  }

  /** The value as part of a text; empty for what is missing or null. */
  String readText(Scope scope) {
    JsonNode value = read(scope);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  RuleFailure failure(String problem) {
    return new RuleFailure(rule, "its source '" + source + "' " + problem);
  }
}
