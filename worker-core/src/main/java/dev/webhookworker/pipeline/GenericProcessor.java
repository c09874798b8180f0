package dev.webhookworker.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles an event that no processor supports, in its tool's mode. Storing itself is the settler's
 * work; here only what is stored beside the payload is made.
 */
public final class GenericProcessor {

  private final List<EventTransformer> transformers;

  public GenericProcessor(List<EventTransformer> transformers) {
    this.transformers = List.copyOf(transformers);
  }

  /** The transformed payload as JSON text, null when the mode asks for none. */
  @Nullable String process(WebhookEvent event, ToolConfig tool) {
    ProcessingMode mode = tool.modeFor(event.eventType());
    return switch (mode) {
      case STORE_ONLY -> null;
      case TRANSFORM_AND_STORE -> transform(event, tool);
      case STORE_AND_FORWARD ->
          throw new NonRetryableException(
              "tool '"
                  + tool.id()
                  + "' asks for store_and_forward, which this version does not do yet; use"
                  + " store_only with a processor of your own");
    };
  }

  private String transform(WebhookEvent event, ToolConfig tool) {
    JsonNode rules =
        tool.ruleFor(event.eventType()).map(ToolConfig.EventRule::transformRules).orElse(null);
    if (rules == null) {
      throw new NonRetryableException(
          "tool '"
              + tool.id()
              + "' is in mode transform_and_store but has no transform_rules for '"
              + event.eventType()
              + "'");
    }
    for (EventTransformer transformer : transformers) {
      if (transformer.supports(rules)) {
        return transformer.transform(event, rules).rawPayload();
      }
    }
    throw new NonRetryableException(
        "no EventTransformer understands the transform_rules of tool '" + tool.id() + "'");
  }
}
