package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;

/**
 * Rules written as one JSONata expression: <code>{"$jsonata": "…"}</code>. Needs the optional
 * library {@code com.dashjoin:jsonata}; without it such rules are refused with a message that says
 * so.
 */
public final class JsonataTransformer implements EventTransformer {

  private static final String FIELD = "$jsonata";

  @Override
  public boolean supports(JsonNode rules) {
    return rules.has(FIELD);
  }

  @Override
  public int order() {
    return Integer.MAX_VALUE - 1;
  }

  @Override
  public WebhookEvent transform(WebhookEvent event, JsonNode rules) {
    return compile(rules).transform(event);
  }

  @Override
  public Compiled compile(JsonNode rules) {
    JsonNode expression = rules.path(FIELD);
    if (!expression.isTextual() || rules.size() > 1) {
      throw new NonRetryableException(
          "transform rule '$jsonata' must be the only rule, and a text: the expression");
    }
    try {
      JsonataExpression compiled = JsonataExpression.compile(expression.textValue());
      return event -> event.withPayload(compiled.apply(event.payload()));
    } catch (NoClassDefFoundError missing) {
      throw new NonRetryableException(
          "transform rule '$jsonata' needs the library com.dashjoin:jsonata on the class path; add"
              + " it, or write the rules in the worker's own language",
          missing);
    }
  }
}
