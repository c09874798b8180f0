package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;

/** The worker's own rule language, an object of target fields; see docs/transformation.md. */
public final class RuleTransformer implements EventTransformer {

  @Override
  public boolean supports(JsonNode rules) {
    return rules.isObject();
  }

  @Override
  public int order() {
    return Integer.MAX_VALUE;
  }

  @Override
  public WebhookEvent transform(WebhookEvent event, JsonNode rules) {
    return compile(rules).transform(event);
  }

  @Override
  public Compiled compile(JsonNode rules) {
    CompiledRules compiled = CompiledRules.compile(rules);
    return event -> event.withPayload(compiled.apply(event.payload()));
  }
}
