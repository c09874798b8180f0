package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.EventFilter;
import dev.webhookworker.TransformTrial;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.ToolConfigs;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tries transformation rules; changes nothing. */
@Command(
    name = "transform",
    description = "Tries transformation rules.",
    subcommands = {TransformCommand.Test.class, TransformCommand.WhatIf.class})
final class TransformCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Command(name = "test", description = "Applies rules to a payload and shows each step.")
  static final class Test extends WorkerCommand {

    @Parameters(index = "0", paramLabel = "RULES", description = "A file with transform_rules.")
    Path rules = Path.of("");

    @Parameters(index = "1", paramLabel = "PAYLOAD", description = "A file with a payload.")
    Path payload = Path.of("");

    @Option(
        names = "--event-type",
        paramLabel = "TYPE",
        description = "The event's type; test by default.")
    String eventType = "test";

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      TransformTrial trial = TransformTrial.of(JSON.readTree(rules.toFile()));
      TransformTrial.Result result =
          trial.run(WebhookEvent.of("test", eventType, Files.readString(payload)));
      output.object(told(result));
      return result.error().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private static Map<String, Object> told(TransformTrial.Result result) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("steps", result.steps().stream().map(Test::step).toList());
      result.payload().ifPresent(payload -> told.put("payload", payload));
      result.error().ifPresent(error -> told.put("error", error));
      return told;
    }

    private static Map<String, Object> step(TransformTrial.Step step) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("target", step.target());
      step.value()
          .ifPresentOrElse(value -> told.put("value", value), () -> told.put("left_out", true));
      return told;
    }
  }

  @Command(
      name = "what-if",
      description = "Shows what other rules would change for a tool's last events.")
  static final class WhatIf extends WorkerCommand {

    @Parameters(index = "0", paramLabel = "NOW", description = "A file with the present rules.")
    Path now = Path.of("");

    @Parameters(index = "1", paramLabel = "THEN", description = "A file with the other rules.")
    Path then = Path.of("");

    @Option(names = "--tool", paramLabel = "ID", required = true, description = "Whose events.")
    String toolId = "";

    @Option(names = "--event-type", paramLabel = "TYPE", required = true, description = "Which.")
    String eventType = "";

    @Option(
        names = "--last",
        paramLabel = "N",
        description = "How many events, 1 to 10,000; 100 by default.")
    int last = 100;

    @Option(
        names = "--payload-path",
        paramLabel = "PATH",
        description = "The part that rules apply to; the tool's payload_path by default.")
    @Nullable String payloadPath;

    @Override
    int run(WorkerConfig config, Output output) throws Exception {
      if (last < 1 || last > 10_000) {
        throw new IllegalArgumentException("--last is from 1 to 10000");
      }
      EventFilter filter = EventFilter.ALL.withToolId(toolId).withEventType(eventType);
      try (StorageAdministration storage = storage(config)) {
        Optional<String> path =
            payloadPath == null
                ? payloadPath(storedTool(config, storage))
                : Optional.of(payloadPath);
        TransformTrial present = trial(now, path);
        TransformTrial other = trial(then, path);
        List<WebhookEvent> events =
            storage.lastEvents(filter, last).stream()
                .map(one -> WebhookEvent.of(one.eventId(), one.eventType(), one.payload()))
                .toList();
        List<TransformTrial.Difference> differences = present.whatIf(other, events);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("events", events.size());
        told.put("changed", differences.size());
        told.put("differences", differences.stream().map(WhatIf::told).toList());
        output.object(told);
        return differences.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
      }
    }

    private TransformTrial trial(Path file, Optional<String> path) throws IOException {
      TransformTrial trial = TransformTrial.of(JSON.readTree(file.toFile()));
      return path.isPresent() ? trial.onPart(path.get(), toolId) : trial;
    }

    private Optional<String> payloadPath(Optional<ToolConfig> tool) {
      return tool.flatMap(known -> known.ruleFor(eventType)).map(ToolConfig.EventRule::payloadPath);
    }

    /** As the worker finds it: in the registry, else in the file. */
    private Optional<ToolConfig> storedTool(WorkerConfig config, StorageAdministration storage)
        throws Exception {
      return storage
          .tools()
          .get(toolId)
          .map(found -> ToolConfigs.fromJson(found.json()))
          .or(
              () ->
                  config
                      .toolsFile()
                      .flatMap(
                          file ->
                              ToolsFile.load(file, ToolValidation.ofDiscovered()).byId(toolId)));
    }

    private static Map<String, Object> told(TransformTrial.Difference difference) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("event_id", difference.eventId());
      told.put("now", side(difference.now()));
      told.put("then", side(difference.then()));
      return told;
    }

    private static Object side(TransformTrial.Result result) {
      return result.payload().isPresent()
          ? result.payload().get()
          : Map.of("error", result.error().orElse(""));
    }
  }
}
