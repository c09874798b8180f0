package dev.webhookworker.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.spi.ToolConfigExtractor;
import dev.webhookworker.spi.ToolDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private static final ObjectReader STRICT =
      Json.MAPPER
          .reader()
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
  public static ToolsFile load(Path file, ToolValidation validation) {
    return load(file, "the tools file '" + file + "' (WORKER_TOOLS_FILE)", validation);
  }

  /**
   * Reads the file and checks every tool.
   *
   * @param name of the file, for messages
   * @throws ConfigurationException naming everything that is wrong, without a secret
   */
  public static ToolsFile load(Path file, String name, ToolValidation validation) {
    try {
      return of(parse(file), name, validation);
    } catch (JsonProcessingException notJson) {
      long line = notJson.getLocation() == null ? 0 : notJson.getLocation().getLineNr();
      throw new ConfigurationException(
          List.of(
              name
                  + " can't be parsed, see line "
                  + line
                  + "; it has to be one document, and no key in it may be there twice"));
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
        : STRICT.readTree(Files.readString(file));
  }

  /**
   * Tools from a JSON array, from the array {@code tools} of an object, or one tool.
   *
   * @param name of the source, for messages
   * @throws ConfigurationException naming everything that is wrong, without a secret
   */
  public static ToolsFile of(JsonNode json, String name, ToolValidation validation) {
    JsonNode tools =
        json.has("tools")
            ? json.get("tools")
            : json.has("id") ? Json.MAPPER.createArrayNode().add(json) : json;
    if (!tools.isArray()) {
      throw new ConfigurationException(
          List.of(
              name + " must be a tool, an array of tools, or an object with the array 'tools'"));
    }
    List<String> problems = new ArrayList<>();
    Map<String, ToolConfig> byId = new LinkedHashMap<>();
    Map<String, ToolConfig> byPath = new LinkedHashMap<>();
    for (JsonNode one : tools) {
      List<String> wrong = new ArrayList<>();
      ToolConfig tool = validation.read(one, wrong);
      wrong.forEach(problem -> problems.add(name + ": " + problem));
      if (!wrong.isEmpty()) {
        continue;
      }
      if (byId.put(tool.id(), tool) != null) {
        problems.add(name + " has two tools with the id '" + tool.id() + "'");
      }
      if (byPath.put(ToolConfigs.endpointPath(tool), tool) != null) {
        problems.add(name + " has two tools with the path of '" + tool.id() + "'");
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new ToolsFile(byId, byPath);
  }

  /** How many there are. */
  public int size() {
    return byId.size();
  }

  /** All of them, in the order of the file. */
  public List<ToolConfig> all() {
    return List.copyOf(byId.values());
  }

  /** The tool of that id. */
  public Optional<ToolConfig> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public int order() {
    return 1200;
  }

  @Override
  public Optional<ToolConfig> extract(WebhookEvent event) {
    String id = event.toolId();
    return id == null ? Optional.empty() : byId(id);
  }

  @Override
  public Optional<ToolConfig> byPath(String path) {
    return Optional.ofNullable(byPath.get(path));
  }
}
