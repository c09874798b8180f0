package dev.webhookworker.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.ingest.AddressBlock;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.AuthenticationReader;
import dev.webhookworker.signature.SignatureVerifiers;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.ToolDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tools from a JSON or YAML file with an array of them (WORKER_TOOLS_FILE), read once. Knows them
 * by their id and by their ingest path. Immutable.
 */
public final class ToolsFile implements ToolConfigExtractor, ToolDirectory {

  private final Map<String, ToolConfig> byId;
  private final Map<String, ToolConfig> byPath;

  private ToolsFile(Map<String, ToolConfig> byId, Map<String, ToolConfig> byPath) {
    this.byId = byId;
    this.byPath = byPath;
  }

  /**
   * Reads the file and checks every tool.
   *
   * @throws ConfigurationException naming everything that is wrong, without a secret
   */
  public static ToolsFile load(Path file, SignatureVerifiers verifiers) {
    String name = "the tools file '" + file + "' (WORKER_TOOLS_FILE)";
    try {
      return of(parse(file), name, verifiers);
    } catch (JsonProcessingException notJson) {
      long line = notJson.getLocation() == null ? 0 : notJson.getLocation().getLineNr();
      throw new ConfigurationException(List.of(name + " can't be parsed, see line " + line));
    } catch (NoClassDefFoundError missing) {
      throw new ConfigurationException(
          List.of(
              name
                  + " is YAML, which needs the library jackson-dataformat-yaml on the class path;"
                  + " add it, or write the tools as JSON"));
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          List.of(name + " can't be read (" + unreadable.getClass().getSimpleName() + ")"));
    }
  }

  private static JsonNode parse(Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml")
        ? YamlText.parse(Files.readAllBytes(file))
        : Json.MAPPER.readTree(Files.readString(file));
  }

  /**
   * Tools from a JSON array, or from the array {@code tools} of an object.
   *
   * @param name of the source, for messages
   * @throws ConfigurationException naming everything that is wrong, without a secret
   */
  public static ToolsFile of(JsonNode json, String name, SignatureVerifiers verifiers) {
    JsonNode tools = json.isObject() ? json.path("tools") : json;
    if (!tools.isArray()) {
      throw new ConfigurationException(
          List.of(name + " must be an array of tools, or an object with the array 'tools'"));
    }
    List<String> problems = new ArrayList<>();
    Map<String, ToolConfig> byId = new LinkedHashMap<>();
    Map<String, ToolConfig> byPath = new LinkedHashMap<>();
    AuthenticationReader authentications = new AuthenticationReader(verifiers);
    for (JsonNode one : tools) {
      try {
        ToolConfig tool = ToolConfigs.fromJson(one);
        check(tool, authentications);
        if (byId.put(tool.id(), tool) != null) {
          problems.add(name + " has two tools with the id '" + tool.id() + "'");
        }
        if (byPath.put(ToolConfigs.endpointPath(tool), tool) != null) {
          problems.add(name + " has two tools with the path of '" + tool.id() + "'");
        }
      } catch (NonRetryableException unusable) {
        problems.add(name + ": " + unusable.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new ToolsFile(byId, byPath);
  }

  private static void check(ToolConfig tool, AuthenticationReader authentications) {
    try {
      // Both are read again at each request; here it is only told whether that will work.
      var unused = authentications.read(tool);
      JsonNode webhook = tool.webhookConfig();
      if (webhook != null) {
        webhook.path("ip_whitelist").forEach(block -> AddressBlock.parse(block.asText()));
      }
    } catch (IllegalArgumentException unusable) {
      throw new NonRetryableException(
          "tool '" + tool.id() + "': " + unusable.getMessage(), unusable);
    }
  }

  /** All of them. */
  public Collection<ToolConfig> tools() {
    return byId.values();
  }

  @Override
  public int order() {
    return 1200;
  }

  @Override
  public Optional<ToolConfig> extract(WebhookEvent event) {
    String id = event.toolId();
    return id == null ? Optional.empty() : Optional.ofNullable(byId.get(id));
  }

  @Override
  public Optional<ToolConfig> byPath(String path) {
    return Optional.ofNullable(byPath.get(path));
  }
}
