package dev.webhookworker.config;

import dev.webhookworker.ToolSettings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Reads the variables of the default tool and of schemas. */
final class ToolSettingsReader {

  private ToolSettingsReader() {}

  static ToolSettings read(Environment environment) {
    ToolSettings[] tools = {ToolSettings.DEFAULTS};
    environment.read(
        "WORKER_DEFAULT_TOOL",
        ToolSettingsReader::rejects,
        v -> tools[0] = tools[0].withRejectWithoutTool(v));
    environment.read(
        "WORKER_INLINE_TOOLS",
        ToolSettingsReader::inline,
        v -> tools[0] = tools[0].withInlineTools(v));
    environment.read(
        "WORKER_TOOL_MAX_CONCURRENT",
        Integer::valueOf,
        v -> tools[0] = tools[0].withMaxConcurrent(v));
    environment.read(
        "WORKER_SCHEMA_FOLDER", Path::of, v -> tools[0] = tools[0].withSchemaFolder(v));
    environment.read(
        "WORKER_SCHEMA_HOSTS",
        ToolSettingsReader::hosts,
        v -> tools[0] = tools[0].withSchemaHosts(v));
    return tools[0];
  }

  private static Boolean rejects(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "store_only" -> Boolean.FALSE;
      case "reject" -> Boolean.TRUE;
      default -> throw new IllegalArgumentException("expected store_only or reject");
    };
  }

  private static Boolean inline(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "unknown" -> Boolean.TRUE;
      case "off" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("expected unknown or off");
    };
  }

  private static Set<String> hosts(String text) {
    Set<String> hosts = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      String host = part.strip().toLowerCase(Locale.ROOT);
      if (!host.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
        throw new IllegalArgumentException("expected host names, parted by commas");
      }
      hosts.add(host);
    }
    return hosts;
  }
}
