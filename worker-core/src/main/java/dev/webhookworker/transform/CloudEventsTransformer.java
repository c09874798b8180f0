package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.CloudEvents;
import dev.webhookworker.Envelope;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ToolConfig;

/**
 * The rule set <code>{"$cloudevents": true}</code>: the payload becomes a CloudEvent 1.0 in
 * structured JSON, as {@link CloudEvents#toJson} makes it. The provider is that of the tool, else
 * told by the headers in the event's metadata.
 */
public final class CloudEventsTransformer implements EventTransformer {

  private static final String FIELD = "$cloudevents";

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
    if (rules.size() > 1 || !rules.path(FIELD).asBoolean()) {
      throw new NonRetryableException(
          "transform rule '$cloudevents' must be the only rule, and true");
    }
    return new Compiled() {
      @Override
      public WebhookEvent transform(WebhookEvent event) {
        return transform(event, ToolConfig.DEFAULT);
      }

      @Override
      public WebhookEvent transform(WebhookEvent event, ToolConfig tool) {
        return event.withPayload(CloudEvents.toJson(event, Envelope.of(event, tool)));
      }
    };
  }
}
