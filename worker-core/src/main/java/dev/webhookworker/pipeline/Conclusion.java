package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import org.jspecify.annotations.Nullable;

/**
 * An outcome and what is known of its event.
 *
 * @param event null when the entry was not decoded
 * @param toolId null when the tool was not asked for
 */
public record Conclusion(@Nullable WebhookEvent event, @Nullable String toolId, Outcome outcome) {

  static Conclusion of(@Nullable WebhookEvent event, Outcome outcome) {
    return new Conclusion(event, null, outcome);
  }
}
