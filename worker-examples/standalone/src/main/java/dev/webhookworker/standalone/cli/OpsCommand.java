package dev.webhookworker.standalone.cli;

import static dev.webhookworker.standalone.cli.RunningWorker.part;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A worker that runs, steered by the API of its operations page. */
@Command(
    name = "ops",
    description = "Looks at and steers a worker that runs, by the API of its operations page.",
    subcommands = {
      OpsCommand.Status.class,
      OpsCommand.Pause.class,
      OpsCommand.Resume.class,
      OpsCommand.Drain.class,
      OpsCommand.LogLevel.class,
      OpsCommand.PauseTool.class,
      OpsCommand.ResumeTool.class,
      OpsCommand.Destinations.class,
      OpsCommand.EnableDestination.class,
      OpsCommand.Get.class,
      OpsCommand.Post.class
    })
final class OpsCommand {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long POLL_MILLIS = 200;

  private static ObjectNode nothing() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** One request, whose answer is shown. */
  abstract static class Act extends RunningWorkerCommand {

    abstract String path();

    ObjectNode body() {
      return nothing();
    }

    @Override
    final int run(RunningWorker worker, Output output) throws Exception {
      show(worker.post(path(), body()), output);
      return ExitCode.OK;
    }
  }

  @Command(name = "status", description = "Shows whether it runs, and what it holds.")
  static final class Status extends RunningWorkerCommand {

    @Override
    int run(RunningWorker worker, Output output) throws Exception {
      show(worker.get("/worker"), output);
      return ExitCode.OK;
    }
  }

  @Command(name = "pause", description = "Takes no more events in; what was taken goes on.")
  static final class Pause extends Act {

    @Override
    String path() {
      return "/worker/pause";
    }
  }

  @Command(name = "resume", description = "Takes events in again.")
  static final class Resume extends Act {

    @Override
    String path() {
      return "/worker/resume";
    }
  }

  @Command(name = "drain", description = "A pause that waits until nothing is held any more.")
  static final class Drain extends RunningWorkerCommand {

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        description = "For at most so long, ${DEFAULT-VALUE} by default.")
    int seconds = 60;

    @Override
    int run(RunningWorker worker, Output output) throws Exception {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      JsonNode state = worker.post("/worker/drain", nothing());
      while (state.path("state").asText().equals("draining") && System.nanoTime() - end < 0) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        state = worker.get("/worker");
      }
      show(state, output);
      return state.path("state").asText().equals("drained") ? ExitCode.OK : ExitCode.FOUND;
    }
  }

  @Command(name = "log-level", description = "Changes a logger's level until the process ends.")
  static final class LogLevel extends Act {

    @Parameters(index = "0", paramLabel = "LOGGER", description = "ROOT, or a logger's name.")
    String logger = "";

    @Parameters(index = "1", paramLabel = "LEVEL", description = "error, warn, info, debug, trace.")
    String level = "";

    @Override
    String path() {
      return "/worker/log-level";
    }

    @Override
    ObjectNode body() {
      return nothing().put("logger", logger).put("level", level);
    }
  }

  @Command(name = "pause-tool", description = "Lets a tool's events wait.")
  static final class PauseTool extends Act {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    String path() {
      return "/tools/" + part(id) + "/pause";
    }
  }

  @Command(name = "resume-tool", description = "Lets a tool's events run again.")
  static final class ResumeTool extends Act {

    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    String path() {
      return "/tools/" + part(id) + "/resume";
    }
  }

  @Command(name = "destinations", description = "Lists the destinations that it has forwarded to.")
  static final class Destinations extends RunningWorkerCommand {

    private static final List<String> COLUMNS =
        List.of("tool_id", "name", "circuit", "disabled_at");

    @Override
    int run(RunningWorker worker, Output output) throws Exception {
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode item : worker.get("/destinations").path("items")) {
        rows.add(COLUMNS.stream().map(column -> item.path(column).asText("")).toList());
      }
      output.table(COLUMNS, rows);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "enable-destination",
      description = "Sends events to a disabled destination again, from every replica.")
  static final class EnableDestination extends Act {

    @Parameters(index = "0", paramLabel = "TOOL")
    String tool = "";

    @Parameters(index = "1", paramLabel = "NAME")
    String name = "";

    @Override
    String path() {
      return "/destinations/" + part(tool) + "/" + part(name) + "/enable";
    }
  }

  @Command(name = "get", description = "Asks the API; see docs/operations-page.md.")
  static final class Get extends RunningWorkerCommand {

    @Parameters(paramLabel = "PATH", description = "E.g. /overview or /dead-letters?status=open.")
    String path = "";

    @Override
    int run(RunningWorker worker, Output output) throws Exception {
      output.object(worker.get(below(path)));
      return ExitCode.OK;
    }
  }

  @Command(name = "post", description = "Acts by the API; see docs/operations-page.md.")
  static final class Post extends RunningWorkerCommand {

    @Parameters(index = "0", paramLabel = "PATH", description = "E.g. /bulk-jobs.")
    String path = "";

    @Parameters(index = "1", paramLabel = "JSON", arity = "0..1", description = "{} by default.")
    @Nullable String body;

    @Override
    int run(RunningWorker worker, Output output) throws Exception {
      output.object(worker.post(below(path), body == null ? nothing() : json(body)));
      return ExitCode.OK;
    }

    private static JsonNode json(String body) {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException wrong) {
        throw new IllegalArgumentException("what is sent must be JSON, {} for nothing", wrong);
      }
    }
  }

  private static String below(String path) {
    if (!path.matches("/[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException(
          "the path begins with / and is written as in a URL, e.g. /dead-letters?status=open");
    }
    return path;
  }
}
