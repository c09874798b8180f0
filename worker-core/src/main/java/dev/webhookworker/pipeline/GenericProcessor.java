package dev.webhookworker.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.forward.ForwardProgress;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles an event that no processor supports, in its tool's mode. Storing itself is the settler's
 * work; here what is stored beside the payload is made, and what is to be forwarded is sent.
 */
public final class GenericProcessor {

  private final List<EventTransformer> transformers;
  private final Forwarding forwarding;

  public GenericProcessor(List<EventTransformer> transformers, Forwarding forwarding) {
    this.transformers = List.copyOf(transformers);
    this.forwarding = forwarding;
  }

  /** The transformed payload as JSON text, null when the mode asks for none. */
  @Nullable String process(WebhookEvent event, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    ProcessingMode mode = tool.modeFor(event.eventType());
    return switch (mode) {
      case STORE_ONLY -> null;
      case TRANSFORM_AND_STORE -> transform(event, tool);
      case STORE_AND_FORWARD -> forward(event, tool, progress);
    };
  }

  /** Sends what the rules make of the event where there are rules, else the event as received. */
  private @Nullable String forward(WebhookEvent event, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    JsonNode rules = rules(event, tool);
    WebhookEvent sent = rules == null ? event : transformed(event, tool, rules);
    forwarding.forward(event, sent, tool, progress);
    return rules == null ? null : sent.rawPayload();
  }

  private static @Nullable JsonNode rules(WebhookEvent event, ToolConfig tool) {
    return tool.ruleFor(event.eventType()).map(ToolConfig.EventRule::transformRules).orElse(null);
  }

  private String transform(WebhookEvent event, ToolConfig tool) {
    JsonNode rules = rules(event, tool);
    if (rules == null) {
      throw new NonRetryableException(
          "tool '"
              + tool.id()
              + "' is in mode transform_and_store but has no transform_rules for '"
              + event.eventType()
              + "'");
    }
    return transformed(event, tool, rules).rawPayload();
  }

  private WebhookEvent transformed(WebhookEvent event, ToolConfig tool, JsonNode rules) {
    for (EventTransformer transformer : transformers) {
      if (transformer.supports(rules)) {
        return transformer.transform(event, rules);
      }
    }
    throw new NonRetryableException(
        "no EventTransformer understands the transform_rules of tool '" + tool.id() + "'");
  }
}
