package dev.webhookworker;

import dev.webhookworker.normalize.Normaliser;
import dev.webhookworker.spi.ToolConfig;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What events of all providers have in common, so that a processor can be written once;
 * docs/normalisation.md says where each provider's values come from. Texts are on one line and at
 * most 512 characters long.
 *
 * @param source the provider, e.g. {@code github}; {@code generic} when it is unknown
 * @param type in lower case with dots, with the action where there is one: {@code issues.opened}
 * @param subject what the event is about, e.g. {@code octo-org/octo-repo#7}; null when the payload
 *     does not say
 * @param actor who did it, by the provider's name or id; null when the payload does not say
 * @param time when it happened by the payload's word, else by the entry's timestamp
 * @param tenant of the auth context, else the tool's, else the provider's account; null when
 *     nothing says
 * @param url a page for people; null when the payload has none
 */
public record Envelope(
    String source,
    String type,
    @Nullable String subject,
    @Nullable String actor,
    Instant time,
    @Nullable String tenant,
    @Nullable String url) {

  /**
   * The envelope of an event. The provider is the tool's, else the one whose header is among {@code
   * metadata.headers}, else generic. Parses the payload; never fails, whatever it holds.
   */
  public static Envelope of(WebhookEvent event, ToolConfig tool) {
    return Normaliser.envelope(event, tool);
  }
}
