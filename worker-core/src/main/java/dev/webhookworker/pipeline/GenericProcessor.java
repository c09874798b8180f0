package dev.webhookworker.pipeline;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.ToolPlans;
import org.jspecify.annotations.Nullable;

/**
 * Handles an event that no processor supports, in its tool's mode. Storing itself is the settler's
 * work; here only what is stored beside the payload is made.
 */
public final class GenericProcessor {

  private final ToolPlans plans;

  public GenericProcessor(ToolPlans plans) {
    this.plans = plans;
  }

  /** The transformed payload as JSON text, null when the mode asks for none. */
  @Nullable String process(WebhookEvent event, ToolConfig tool) {
    ProcessingMode mode = tool.modeFor(event.eventType());
    return switch (mode) {
      case STORE_ONLY -> null;
      case TRANSFORM_AND_STORE -> plans.transform(event, tool).rawPayload();
      case STORE_AND_FORWARD ->
          throw new NonRetryableException(
              "tool '"
                  + tool.id()
                  + "' asks for store_and_forward, which this version does not do yet; use"
                  + " store_only with a processor of your own");
    };
  }
}
