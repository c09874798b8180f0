package dev.webhookworker.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.forward.DestinationReader;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tools from a file with a JSON array of them (WORKER_TOOLS_FILE), read once. Knows them by their
 * id and by their ingest path. Immutable.
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
      return of(Json.MAPPER.readTree(Files.readString(file)), name, verifiers);
    } catch (JsonProcessingException notJson) {
      long line = notJson.getLocation() == null ? 0 : notJson.getLocation().getLineNr();
      throw new ConfigurationException(List.of(name + " is not JSON, see line " + line));
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          List.of(name + " can't be read (" + unreadable.getClass().getSimpleName() + ")"));
    }
  }

  /**
   * Tools from a JSON array.
   *
   * @param name of the source, for messages
   * @throws ConfigurationException naming everything that is wrong, without a secret
   */
  public static ToolsFile of(JsonNode tools, String name, SignatureVerifiers verifiers) {
    if (!tools.isArray()) {
      throw new ConfigurationException(List.of(name + " must be a JSON array of tools"));
    }
    List<String> problems = new ArrayList<>();
    Map<String, ToolConfig> byId = new LinkedHashMap<>();
    Map<String, ToolConfig> byPath = new LinkedHashMap<>();
    AuthenticationReader authentications = new AuthenticationReader(verifiers);
    for (JsonNode json : tools) {
      try {
        ToolConfig tool = ToolConfigs.fromJson(json);
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
      List<String> wrong = DestinationReader.problems(tool.destinations());
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      JsonNode webhook = tool.webhookConfig();
      if (webhook != null) {
        webhook.path("ip_whitelist").forEach(block -> AddressBlock.parse(block.asText()));
      }
    } catch (IllegalArgumentException unusable) {
      throw new NonRetryableException(
          "tool '" + tool.id() + "': " + unusable.getMessage(), unusable);
    }
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
