package dev.webhookworker.spi;

import dev.webhookworker.WebhookEvent;
import java.util.Optional;

/**
 * Finds the configuration of the tool that an event belongs to. Several are asked in order; the
 * first answer counts. Called for every event: cache what is costly.
 */
public interface ToolConfigExtractor {

  /**
   * Lower is asked first; 0 by default. The worker's own begin at 1000, and the configuration that
   * comes with the event is looked at last.
   */
  default int order() {
    return 0;
  }

  /**
   * The tool of this event, empty when this extractor doesn't know it.
   *
   * @throws dev.webhookworker.NonRetryableException when the event names a tool that must not be
   *     used
   * @throws Exception any other error is classified as a processor's would be
   */
  Optional<ToolConfig> extract(WebhookEvent event) throws Exception;
}
