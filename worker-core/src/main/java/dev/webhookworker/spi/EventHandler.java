package dev.webhookworker.spi;

import dev.webhookworker.WebhookEvent;

/** A processor as a lambda: {@code builder.processor("push", (event, context) -> ...)}. */
@FunctionalInterface
public interface EventHandler {

  /**
   * @throws Exception when the event has not been processed
   */
  void handle(WebhookEvent event, ProcessingContext context) throws Exception;
}
