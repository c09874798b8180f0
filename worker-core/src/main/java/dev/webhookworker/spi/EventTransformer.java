package dev.webhookworker.spi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;

/** Makes an event's payload into another one by rules. Thread-safe. */
public interface EventTransformer {

  /** Whether this transformer understands these rules. The first that does is used. */
  boolean supports(JsonNode rules);

  /** Lower is asked first; 0 by default. The worker's own come last. */
  default int order() {
    return 0;
  }

  /**
   * The event with the transformed payload.
   *
   * @throws dev.webhookworker.NonRetryableException when the rules are wrong or can't be applied;
   *     the message names the rule and the path
   */
  WebhookEvent transform(WebhookEvent event, JsonNode rules);

  /**
   * Makes rules ready, once for each version of a tool. By default nothing is prepared, and each
   * event goes to {@link #transform}.
   *
   * @throws dev.webhookworker.NonRetryableException when the rules are wrong; the message names
   *     everything that is
   */
  default Compiled compile(JsonNode rules) {
    return event -> transform(event, rules);
  }

  /** Rules that are ready for any number of events. Thread-safe. */
  @FunctionalInterface
  interface Compiled {

    /**
     * The event with the transformed payload.
     *
     * @throws dev.webhookworker.NonRetryableException when a rule can't be applied; the message
     *     names the rule and the path
     */
    WebhookEvent transform(WebhookEvent event);

    /**
     * The same for rules that depend on the event's tool, such as on its provider. This is what the
     * worker calls.
     */
    default WebhookEvent transform(WebhookEvent event, ToolConfig tool) {
      return transform(event);
    }
  }
}
