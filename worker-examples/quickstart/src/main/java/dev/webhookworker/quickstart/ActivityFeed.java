package dev.webhookworker.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.EventProcessor;
import dev.webhookworker.spi.ProcessingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells in a sentence what happened. Found by way of META-INF/services. */
public final class ActivityFeed implements EventProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(ActivityFeed.class);

  @Override
  public boolean supports(WebhookEvent event) {
    return !event.eventType().startsWith("deployment.");
  }

  @Override
  public void process(WebhookEvent event, ProcessingContext context) {
    LOG.atDebug().addKeyValue("activity", sentence(event)).log("Something happened");
  }

  static String sentence(WebhookEvent event) {
    JsonNode payload = event.payload();
    return switch (event.eventType()) {
      case "push" -> event.senderName() + " pushed to " + payload.at("/ref").asText();
      case "issues.opened" ->
          event.senderName() + " opened: " + payload.at("/issue/title").asText();
      case "pull_request.closed" -> "merged: " + payload.at("/pull_request/title").asText();
      case "merge_request" -> "merged: " + payload.at("/object_attributes/title").asText();
      case "invoice.paid" ->
          payload.at("/data/object/customer").asText()
              + " paid "
              + payload.at("/data/object/amount_paid").decimalValue().movePointLeft(2);
      default -> event.eventType() + " of " + event.toolId();
    };
  }
}
