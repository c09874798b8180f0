package dev.webhookworker.forward;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.spi.ToolConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The destinations of each tool, read once for each version of it. Bounded, thread-safe. */
final class ToolDestinations {

  private static final int MOST_TOOLS = 10_000;

  private final Map<String, Read> byTool = new ConcurrentHashMap<>();

  private record Read(JsonNode json, List<Destination> destinations) {}

  /**
   * @throws NonRetryableException when there is none, or one can't be used
   */
  List<Destination> of(ToolConfig tool) {
    JsonNode json = tool.destinations();
    Read known = byTool.get(tool.id());
    if (known == null || !known.json().equals(json)) {
      known = new Read(json, read(tool, json));
      if (byTool.size() >= MOST_TOOLS) {
        byTool.clear();
      }
      byTool.put(tool.id(), known);
    }
    return known.destinations();
  }

  private static List<Destination> read(ToolConfig tool, JsonNode json) {
    try {
      List<Destination> destinations = DestinationReader.read(json);
      if (destinations.isEmpty()) {
        throw new IllegalArgumentException(
            "is in mode store_and_forward but has no webhook_config.destinations");
      }
      return destinations;
    } catch (IllegalArgumentException unusable) {
      throw new NonRetryableException(
          "tool '" + tool.id() + "': " + unusable.getMessage(), unusable);
    }
  }
}
