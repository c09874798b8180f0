package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.Optional;

/** A tool given inline with the event, as {@code metadata.tool_config}. */
public final class MetadataToolConfigExtractor implements ToolConfigExtractor {

  @Override
  public int order() {
    return 1000;
  }

  @Override
  public Optional<ToolConfig> extract(WebhookEvent event) {
    if (event.field("metadata") == null) {
      return Optional.empty();
    }
    JsonNode inline = event.metadata().get("tool_config");
    return inline == null || inline.isNull()
        ? Optional.empty()
        : Optional.of(ToolConfigs.fromJson(inline));
  }
}
