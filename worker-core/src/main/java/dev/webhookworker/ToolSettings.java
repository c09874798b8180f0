package dev.webhookworker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What tools may do, and where the schemas of their payloads come from.
 *
 * @param rejectWithoutTool whether an event that names no tool is a dead letter; by default it gets
 *     the default tool, which stores it
 * @param maxConcurrent events of one tool that run at once in this process, for tools that don't
 *     say it themselves; 0, the default, for no limit
 * @param schemaFolder folder that {@code file:} URLs of schemas may point into; none by default
 * @param schemaHosts hosts that {@code https:} URLs of schemas may name; none by default
 * @param inlineTools whether an event may bring the configuration of a tool that nobody has
 *     registered, as {@code metadata.tool_config}; true by default
 */
public record ToolSettings(
    boolean rejectWithoutTool,
    int maxConcurrent,
    Optional<Path> schemaFolder,
    Set<String> schemaHosts,
    boolean inlineTools) {

  public static final ToolSettings DEFAULTS =
      new ToolSettings(false, 0, Optional.empty(), Set.of(), true);

  public ToolSettings {
    schemaHosts = Set.copyOf(schemaHosts);
    if (maxConcurrent < 0) {
      throw new IllegalArgumentException("maxConcurrent must be 0 or more");
    }
  }

  public ToolSettings withRejectWithoutTool(boolean reject) {
    return new ToolSettings(reject, maxConcurrent, schemaFolder, schemaHosts, inlineTools);
  }

  public ToolSettings withMaxConcurrent(int most) {
    return new ToolSettings(rejectWithoutTool, most, schemaFolder, schemaHosts, inlineTools);
  }

  public ToolSettings withSchemaFolder(Path folder) {
    return new ToolSettings(
        rejectWithoutTool, maxConcurrent, Optional.of(folder), schemaHosts, inlineTools);
  }

  public ToolSettings withSchemaHosts(Set<String> hosts) {
    return new ToolSettings(rejectWithoutTool, maxConcurrent, schemaFolder, hosts, inlineTools);
  }

  public ToolSettings withInlineTools(boolean allowed) {
    return new ToolSettings(rejectWithoutTool, maxConcurrent, schemaFolder, schemaHosts, allowed);
  }
}
