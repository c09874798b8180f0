package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tools whose configuration comes with the event, as {@code metadata.tool_config}. Whoever may
 * publish writes it, so that their ids have a prefix that no other tool can have: nothing that is
 * kept of a tool (limits, circuits, plans, encrypted fields, rows, figures) is kept under a name
 * that a sender chooses. The last ones are kept, so that a publisher that repeats one has it read
 * once. Thread-safe.
 */
public final class InlineTools {

  /** What the ids of inline tools begin with. */
  public static final String PREFIX = "inline:";

  /** The field of an event's metadata. */
  public static final String FIELD = "tool_config";

  private static final int MOST_KEPT = 1_000;

  private final ConcurrentHashMap<JsonNode, ToolConfig> kept = new ConcurrentHashMap<>();

  /** Whether an id is that of an inline tool. */
  public static boolean isInline(String toolId) {
    return toolId.startsWith(PREFIX);
  }

  /** The id that the event's inline configuration claims; empty when it has none. */
  static Optional<String> claimedId(WebhookEvent event) {
    return configuration(event).map(inline -> inline.path("id").asText());
  }

  private static Optional<JsonNode> configuration(WebhookEvent event) {
    if (event.field("metadata") == null) {
      return Optional.empty();
    }
    JsonNode inline = event.metadata().get(FIELD);
    return inline == null || inline.isNull() ? Optional.empty() : Optional.of(inline);
  }

  /**
   * The tool that comes with the event.
   *
   * @throws NonRetryableException when it can't be used; the message says everything that is wrong
   */
  Optional<ToolConfig> toolOf(WebhookEvent event) {
    return configuration(event).map(this::tool);
  }

  private ToolConfig tool(JsonNode inline) {
    ToolConfig found = kept.get(inline);
    if (found == null) {
      ToolConfig read = ToolConfigs.fromJson(inline);
      found = read.withId(PREFIX + read.id());
      if (kept.size() >= MOST_KEPT) {
        kept.clear();
      }
      kept.put(inline, found);
    }
    return found;
  }
}
