package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.postgres.ToolConflictException;
import dev.webhookworker.postgres.ToolRegistry.StoredTool;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The registry of tools. */
@Command(
    name = "tools",
    description = "Lists and changes the tools of the registry.",
    subcommands = {
      ToolsCommand.ListTools.class,
      ToolsCommand.Show.class,
      ToolsCommand.Put.class,
      ToolsCommand.Disable.class,
      ToolsCommand.Validate.class
    })
final class ToolsCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Command(name = "list", description = "Lists the tools.")
  static final class ListTools extends WorkerCommand {

    @Option(names = "--tenant", paramLabel = "ID", description = "Only that tenant's tools.")
    @Nullable String tenant;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        output.table(
            List.of("id", "name", "provider", "tenant", "status", "version"),
            storage.tools().list(tenant).stream()
                .map(
                    tool ->
                        List.of(
                            tool.id(),
                            tool.json().path("tool_name").asText(),
                            tool.json().path("provider").asText(),
                            tool.json().path("tenant_id").asText(""),
                            tool.json().path("status").asText(),
                            Long.toString(tool.version())))
                .toList());
        return ExitCode.OK;
      }
    }
  }

  @Command(name = "show", description = "Shows a tool, its secrets masked.")
  static final class Show extends WorkerCommand {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(names = "--reveal", description = "Show secrets too.")
    boolean reveal;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        Optional<StoredTool> found = storage.tools().get(id);
        if (found.isEmpty()) {
          return notFound("There is no tool '" + id + "'; 'tools list' shows those that are.");
        }
        StoredTool tool = found.get();
        output.object(
            Map.of("version", tool.version(), "tool", reveal ? tool.json() : tool.masked()));
        return ExitCode.OK;
      }
    }
  }

  @Command(name = "put", description = "Stores a tool from a file of JSON.")
  static final class Put extends WorkerCommand {

    @Parameters(paramLabel = "FILE")
    Path file = Path.of("");

    @Option(
        names = "--version",
        paramLabel = "N",
        description = "The version that the change is made on; 0, the default, for a new tool.")
    long version;

    // The inherited standard options leave it out, because --version is taken.
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help message and exit.")
    boolean help;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      JsonNode tool = JSON.readTree(file.toFile());
      try (StorageAdministration storage = storage(config)) {
        long now = storage.tools().put(tool, version, actor);
        output.table(
            List.of("id", "version"), List.of(List.of(tool.path("id").asText(), "" + now)));
        return ExitCode.OK;
      } catch (ToolConflictException conflict) {
        spec.commandLine().getErr().println(conflict.getMessage());
        return ExitCode.FOUND;
      }
    }
  }

  @Command(name = "disable", description = "Switches a tool off.")
  static final class Disable extends WorkerCommand {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      try (StorageAdministration storage = storage(config)) {
        long now = storage.tools().disable(id, actor);
        output.table(List.of("id", "version"), List.of(List.of(id, "" + now)));
        return ExitCode.OK;
      } catch (ToolConflictException unknown) {
        spec.commandLine().getErr().println(unknown.getMessage());
        return ExitCode.FOUND;
      }
    }
  }

  @Command(
      name = "validate",
      description = "Checks a file with tools, JSON or YAML; stores nothing.")
  static final class Validate extends WorkerCommand {

    @Parameters(paramLabel = "FILE")
    Path file = Path.of("");

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      ToolsFile tools =
          ToolsFile.load(file, "the file '" + file + "'", ToolValidation.ofDiscovered());
      output.table(List.of("tools", "problems"), List.of(List.of("" + tools.size(), "0")));
      return ExitCode.OK;
    }
  }
}
