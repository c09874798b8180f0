package dev.webhookworker.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.ConfigurationException;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.ops.OpsPages;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands of a running worker share: where it is, and who asks. */
abstract class RunningWorkerCommand extends WorkerCommand {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Where its operations page is, e.g. https://worker.internal/ops. Defaults to /ops of"
              + " HEALTH_ENDPOINT on this host.")
  @Nullable URI url;

  /** Its exit code, see {@link ExitCode}. */
  abstract int run(RunningWorker worker, Output output) throws Exception;

  @Override
  final int run(WorkerConfig config, Output output) throws Exception {
    URI page = page(config);
    try {
      return run(new RunningWorker(page, token(config), actor), output);
    } catch (RunningWorker.RefusedException refused) {
      spec.commandLine().getErr().println(refused.getMessage());
      return refused.exitCode();
    }
  }

  private URI page(WorkerConfig config) {
    if (url == null) {
      return config
          .healthEndpoint()
          .map(OpsPages::address)
          .orElseThrow(() -> wrong("HEALTH_ENDPOINT is off: name the operations page by --url"));
    }
    boolean usable =
        ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null
            && url.getUserInfo() == null
            && url.getQuery() == null
            && url.getFragment() == null;
    if (!usable) {
      throw wrong("--url must be an address such as https://worker.internal/ops");
    }
    return URI.create(url.toString().replaceFirst("/+$", ""));
  }

  private static Secret token(WorkerConfig config) {
    Secret operator = config.ops().operatorToken();
    if (operator == null) {
      throw wrong("WORKER_ADMIN_TOKEN (or WORKER_ADMIN_TOKEN_FILE) must be the worker's token");
    }
    return operator;
  }

  private static ConfigurationException wrong(String problem) {
    return new ConfigurationException(List.of(problem));
  }

  /** An answer's fields for people, the answer itself in JSON. */
  static void show(JsonNode answer, Output output) {
    Map<String, Object> fields = new LinkedHashMap<>();
    answer
        .properties()
        .forEach(
            field ->
                fields.put(
                    field.getKey(),
                    field.getValue().isTextual() ? field.getValue().asText() : field.getValue()));
    output.fields(fields);
  }
}
