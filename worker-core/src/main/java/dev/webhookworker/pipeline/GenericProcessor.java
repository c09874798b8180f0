package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.forward.ForwardProgress;
import dev.webhookworker.forward.Forwarding;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.ToolPlans;
import org.jspecify.annotations.Nullable;

/**
 * Does what the tool's mode asks, after the processors that support the event, if any. Storing
 * itself is the settler's work; here what is stored beside the payload is made, and what is to be
 * forwarded is sent.
 */
public final class GenericProcessor {

  private final ToolPlans plans;
  private final Forwarding forwarding;

  public GenericProcessor(ToolPlans plans, Forwarding forwarding) {
    this.plans = plans;
    this.forwarding = forwarding;
  }

  /** The transformed payload as JSON text, null when the mode asks for none. */
  @Nullable String process(WebhookEvent event, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    ProcessingMode mode = tool.modeFor(event.eventType());
    return switch (mode) {
      case STORE_ONLY -> null;
      case TRANSFORM_AND_STORE -> plans.transform(event, tool).rawPayload();
      case STORE_AND_FORWARD -> forward(event, tool, progress);
    };
  }

  /** Sends what the rules make of the event where there are rules, else the event as received. */
  private @Nullable String forward(WebhookEvent event, ToolConfig tool, ForwardProgress progress)
      throws InterruptedException {
    boolean hasRules =
        tool.ruleFor(event.eventType()).map(ToolConfig.EventRule::transformRules).isPresent();
    WebhookEvent sent = hasRules ? plans.transform(event, tool) : event;
    forwarding.forward(event, sent, tool, progress);
    return hasRules ? sent.rawPayload() : null;
  }
}
