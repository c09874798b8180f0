package dev.webhookworker.tool;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the extractors in order, then the event itself; an event that names no tool gets the default
 * one. A tool that comes with an event counts only where no extractor knows its id.
 */
public final class ToolLookup {

  private final List<ToolConfigExtractor> extractors;
  private final ToolSettings settings;
  private final InlineTools inline = new InlineTools();

  /**
   * @param extractors in any order
   */
  public ToolLookup(List<ToolConfigExtractor> extractors, ToolSettings settings) {
    List<ToolConfigExtractor> ordered = new ArrayList<>(extractors);
    ordered.sort(Comparator.comparingInt(ToolConfigExtractor::order));
    this.extractors = List.copyOf(ordered);
    this.settings = settings;
  }

  /**
   * @throws NonRetryableException when the tool is unknown or switched off
   * @throws Exception what an extractor threw
   */
  public ToolConfig toolOf(WebhookEvent event) throws Exception {
    Optional<ToolConfig> known = known(event);
    if (known.isPresent()) {
      return active(known.get());
    }
    Optional<String> claimed = InlineTools.claimedId(event);
    if (claimed.isPresent()) {
      return active(inlineTool(event, claimed.get()));
    }
    String id = event.toolId();
    if (id == null || id.equals(ToolConfig.DEFAULT_ID)) {
      return defaultTool(id);
    }
    throw new NonRetryableException(
        "the event names the tool '" + id + "', which no ToolConfigExtractor knows");
  }

  private ToolConfig defaultTool(@Nullable String id) {
    if (settings.rejectWithoutTool()) {
      throw new NonRetryableException(
          (id == null ? "the event names no tool" : "the event names the default tool")
              + ", and WORKER_DEFAULT_TOOL=reject wants another one; its publisher must set"
              + " metadata.tool_id");
    }
    return ToolConfig.DEFAULT;
  }

  private ToolConfig inlineTool(WebhookEvent event, String claimed) throws Exception {
    // Whoever publishes must not take the place of a tool that somebody registered.
    Optional<ToolConfig> registered = known(naming(claimed));
    if (registered.isPresent()) {
      return registered.get();
    }
    if (!settings.inlineTools()) {
      throw new NonRetryableException(
          "the event brings its tool's configuration (metadata.tool_config), and"
              + " WORKER_INLINE_TOOLS=off refuses that; register the tool and set"
              + " metadata.tool_id");
    }
    return inline.toolOf(event).orElseThrow();
  }

  private Optional<ToolConfig> known(WebhookEvent event) throws Exception {
    for (ToolConfigExtractor extractor : extractors) {
      Optional<ToolConfig> tool = extractor.extract(event);
      if (tool.isPresent()) {
        return tool;
      }
    }
    return Optional.empty();
  }

  /** An event that says nothing but whose it is. */
  private static WebhookEvent naming(String toolId) {
    EntryFields fields =
        EntryFields.of(
            Map.of(
                "metadata",
                Json.MAPPER.createObjectNode().put("tool_id", toolId).toString(),
                "payload",
                "{}"));
    return WebhookEvent.decoded("0-1", fields, "tool", "tool");
  }

  private static ToolConfig active(ToolConfig tool) {
    if (!tool.active()) {
      throw new NonRetryableException("the tool '" + tool.id() + "' is switched off");
    }
    return tool;
  }
}
