package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;

/** What the decoder makes of an entry. */
sealed interface Decoded {

  record Event(WebhookEvent event) implements Decoded {}

  /**
   * The entry is no event.
   *
   * @param problem what is wrong and what would be right; never contains a value
   */
  record Undecodable(String problem) implements Decoded {}
}
