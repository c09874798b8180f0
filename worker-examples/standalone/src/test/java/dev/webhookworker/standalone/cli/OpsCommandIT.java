package dev.webhookworker.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.LogLevels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker that runs is steered from the command line, by its API. */
class OpsCommandIT {

  private static final String TOKEN = "operator-token-of-this-test";
  private static final Map<String, String> ENVIRONMENT =
      Map.of("WORKER_ADMIN_TOKEN", TOKEN, "HEALTH_ENDPOINT", "127.0.0.1:0");

  private final InMemoryModule memory = InMemoryModule.create();
  private final Map<String, String> levels = new ConcurrentHashMap<>();
  private Worker worker;

  @BeforeEach
  void start() throws Exception {
    worker =
        Worker.builder()
            .config(WorkerConfig.fromEnvironment(ENVIRONMENT))
            .discovery(false)
            .install(memory)
            .logLevels(new Levels())
            .processor(
                "*",
                (event, context) -> {
                  if (event.eventType().equals("push")) {
                    throw new NonRetryableException("no such customer");
                  }
                })
            .build();
    worker.start();
  }

  private final class Levels implements LogLevels {

    @Override
    public void change(String logger, String level) {
      levels.put(logger, level);
    }

    @Override
    public Optional<String> level(String logger) {
      return Optional.ofNullable(levels.get(logger));
    }
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  private String run(int exitCode, String... arguments) {
    return run(ENVIRONMENT, exitCode, arguments);
  }

  private String run(Map<String, String> environment, int exitCode, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int code = CommandLineTool.run(environment, writer, writer, arguments);
    assertThat(code).as(text::toString).isEqualTo(exitCode);
    assertThat(text.toString()).doesNotContain(TOKEN);
    return text.toString();
  }

  private String page() {
    return worker.opsAddress().orElseThrow().toString();
  }

  private String ops(int exitCode, String command, String... arguments) {
    String[] all = new String[arguments.length + 5];
    System.arraycopy(new String[] {"ops", command, "--url", page(), "--actor=ann"}, 0, all, 0, 5);
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return run(exitCode, all);
  }

  @Test
  void aWorkerIsPausedDrainedAndResumed() {
    assertThat(ops(ExitCode.OK, "status")).contains("running");
    assertThat(ops(ExitCode.OK, "pause")).contains("paused");
    assertThat(worker.health().components().get("worker").message()).contains("paused");
    assertThat(ops(ExitCode.OK, "drain", "--wait", "10")).contains("drained");
    assertThat(ops(ExitCode.OK, "resume", "--json")).contains("\"state\" : \"running\"");
    assertThat(worker.events().story(""))
        .filteredOn(line -> line.actor().equals("ann"))
        .extracting(line -> line.action())
        .containsExactly("worker_paused", "worker_drained", "worker_resumed");
  }

  @Test
  void logLevelsToolsAndDestinationsAreChanged() {
    ops(ExitCode.OK, "log-level", "some.logger", "trace");
    assertThat(levels).containsEntry("some.logger", "trace");
    assertThat(ops(ExitCode.USAGE, "log-level", "some.logger", "loud")).contains("must be error");
    assertThat(ops(ExitCode.FOUND, "pause-tool", "a/../b?c")).contains("no such tool");
    memory.publish("1", "issues", "{}");
    await().until(() -> ops(ExitCode.OK, "get", "/tools").contains("default"));
    assertThat(ops(ExitCode.OK, "pause-tool", "default")).contains("here");
    assertThat(ops(ExitCode.OK, "resume-tool", "default")).contains("false");
    assertThat(ops(ExitCode.OK, "destinations")).contains("disabled_at");
    assertThat(ops(ExitCode.FOUND, "enable-destination", "t", "d")).contains("is not disabled");
  }

  @Test
  void everyOperationOfTheApiIsThere() {
    memory.publish("1", "push", "{}");
    await().until(() -> memory.deadLetters().size() == 1);
    assertThat(ops(ExitCode.OK, "get", "/dead-letters/groups?status=open")).contains("customer");
    String discard =
        "{\"action\":\"discard\",\"filter\":{\"event_type\":\"push\"},\"reason\":\"x\"}";
    ops(ExitCode.OK, "post", "/bulk-jobs", discard);
    await().until(() -> memory.deadLetters().isEmpty());
    assertThat(ops(ExitCode.FOUND, "get", "/bulk-jobs/none")).isNotBlank();
    assertThat(ops(ExitCode.USAGE, "get", "dead-letters")).contains("begins with /");
    assertThat(ops(ExitCode.USAGE, "post", "/bulk-jobs", "{")).contains("must be JSON");
  }

  @Test
  void anotherServicesPageIsNotTakenForAnAnswer() throws Exception {
    HttpServer another = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    another.createContext(
        "/",
        exchange -> {
          byte[] page = "<html>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    another.start();
    try {
      String url = "http://127.0.0.1:" + another.getAddress().getPort() + "/ops";
      assertThat(run(ExitCode.FAILED, "ops", "drain", "--url", url))
          .contains("is the operations page at " + url);
    } finally {
      another.stop(0);
    }
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(run(Map.of(), ExitCode.USAGE, "ops", "status", "--url", page()))
        .contains("WORKER_ADMIN_TOKEN");
    assertThat(
            run(
                Map.of("WORKER_ADMIN_TOKEN", "another-token-that-is-wrong"),
                ExitCode.FAILED,
                "ops",
                "status",
                "--url",
                page()))
        .contains("no valid token");
    assertThat(run(ExitCode.FAILED, "ops", "status", "--url", "http://127.0.0.1:9/ops"))
        .contains("Nothing answers at http://127.0.0.1:9/ops");
    assertThat(run(ExitCode.USAGE, "ops", "status", "--url", "http://ann:secret@127.0.0.1/ops"))
        .contains("--url")
        .doesNotContain("secret");
  }
}
