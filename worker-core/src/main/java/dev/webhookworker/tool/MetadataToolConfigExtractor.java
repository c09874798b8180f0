package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tool given inline with the event, as {@code metadata.tool_config}. The last ones are kept, so
 * that a publisher that repeats one has it read once. Thread-safe.
 */
public final class MetadataToolConfigExtractor implements ToolConfigExtractor {

  private static final int MOST_KEPT = 1_000;

  private final ConcurrentHashMap<JsonNode, ToolConfig> kept = new ConcurrentHashMap<>();

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
    return inline == null || inline.isNull() ? Optional.empty() : Optional.of(tool(inline));
  }

  private ToolConfig tool(JsonNode inline) {
    ToolConfig found = kept.get(inline);
    if (found == null) {
      found = ToolConfigs.fromJson(inline);
      if (kept.size() >= MOST_KEPT) {
        kept.clear();
      }
      kept.put(inline, found);
    }
    return found;
  }
}
