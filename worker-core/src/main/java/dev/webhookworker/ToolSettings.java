package dev.webhookworker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What tools may do, and where the schemas of their payloads come from.
 *
 * @param rejectWithoutTool whether an event that names no tool is a dead letter; by default it gets
 *     the default tool, which stores it
 * @param schemaFolder folder that {@code file:} URLs of schemas may point into; none by default
 * @param schemaHosts hosts that {@code https:} URLs of schemas may name; none by default
 */
public record ToolSettings(
    boolean rejectWithoutTool, Optional<Path> schemaFolder, Set<String> schemaHosts) {

  public static final ToolSettings DEFAULTS = new ToolSettings(false, Optional.empty(), Set.of());

  public ToolSettings {
    schemaHosts = Set.copyOf(schemaHosts);
  }

  public ToolSettings withRejectWithoutTool(boolean reject) {
    return new ToolSettings(reject, schemaFolder, schemaHosts);
  }

  public ToolSettings withSchemaFolder(Path folder) {
    return new ToolSettings(rejectWithoutTool, Optional.of(folder), schemaHosts);
  }

  public ToolSettings withSchemaHosts(Set<String> hosts) {
    return new ToolSettings(rejectWithoutTool, schemaFolder, hosts);
  }
}
