package dev.webhookworker.postgres;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.ToolCatalogue;
import java.util.List;
import java.util.OptionalLong;

/** The registry as the operations page sees it: without secrets. Thread-safe. */
record RegistryCatalogue(ToolRegistry registry) implements ToolCatalogue {

  @Override
  public List<ListedTool> list() throws StoreUnavailableException {
    return registry.list(null).stream().map(RegistryCatalogue::listed).toList();
  }

  private static ListedTool listed(ToolRegistry.StoredTool tool) {
    JsonNode json = tool.json();
    return new ListedTool(
        tool.id(),
        json.path("tool_name").asText(tool.id()),
        json.path("provider").asText(""),
        json.path("tenant_id").textValue(),
        json.path("status").asText("active"),
        json.path("webhook_config").path("paused").asBoolean(),
        tool.version());
  }

  @Override
  public OptionalLong pause(String id, boolean paused, String actor)
      throws StoreUnavailableException {
    try {
      return OptionalLong.of(registry.pause(id, paused, actor));
    } catch (ToolConflictException unknown) {
      return OptionalLong.empty();
    }
  }
}
