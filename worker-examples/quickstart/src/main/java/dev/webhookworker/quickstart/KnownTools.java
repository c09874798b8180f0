package dev.webhookworker.quickstart;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.Arrays;
import java.util.Optional;

/** The tools of the quick start, in code; a real worker may keep them in {@code webhook_tools}. */
public final class KnownTools implements ToolConfigExtractor {

  @Override
  public Optional<ToolConfig> extract(WebhookEvent event) {
    return Arrays.stream(Provider.values())
        .map(Provider::toolId)
        .filter(id -> id.equals(event.toolId()))
        .findFirst()
        .map(id -> ToolConfig.of(id, ProcessingMode.STORE_ONLY));
  }
}
