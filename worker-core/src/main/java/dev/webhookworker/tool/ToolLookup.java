package dev.webhookworker.tool;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Asks the extractors in order; an event that names no tool gets the default one. */
public final class ToolLookup {

  private final List<ToolConfigExtractor> extractors;
  private final boolean rejectWithoutTool;

  /**
   * @param rejectWithoutTool whether an event that names no tool fails instead of getting the
   *     default one
   */
  public ToolLookup(List<ToolConfigExtractor> extractors, boolean rejectWithoutTool) {
    List<ToolConfigExtractor> ordered = new ArrayList<>(extractors);
    ordered.sort(Comparator.comparingInt(ToolConfigExtractor::order));
    this.extractors = List.copyOf(ordered);
    this.rejectWithoutTool = rejectWithoutTool;
  }

  /**
   * @throws NonRetryableException when the tool is unknown or switched off
   * @throws Exception what an extractor threw
   */
  public ToolConfig toolOf(WebhookEvent event) throws Exception {
    for (ToolConfigExtractor extractor : extractors) {
      Optional<ToolConfig> tool = extractor.extract(event);
      if (tool.isPresent()) {
        return active(tool.get());
      }
    }
    String id = event.toolId();
    if (id == null && rejectWithoutTool) {
      throw new NonRetryableException(
          "the event names no tool, and WORKER_DEFAULT_TOOL=reject wants one; its publisher must"
              + " set metadata.tool_id");
    }
    if (id == null || id.equals(ToolConfig.DEFAULT_ID)) {
      return ToolConfig.DEFAULT;
    }
    throw new NonRetryableException(
        "the event names the tool '" + id + "', which no ToolConfigExtractor knows");
  }

  private static ToolConfig active(ToolConfig tool) {
    if (!tool.active()) {
      throw new NonRetryableException("the tool '" + tool.id() + "' is switched off");
    }
    return tool;
  }
}
