package dev.webhookworker.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules and tools are tried by hand before they are used. */
class TransformCommandIT {

  @TempDir private Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    PrintWriter writer = new PrintWriter(out);
    return CommandLineTool.run(environment, writer, writer, arguments);
  }

  private String file(String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void rulesAreTriedOnAPayloadStepByStep() throws Exception {
    String payload = file("payload.json", "{\"user\":{\"login\":\"ada\"}}");
    String rules =
        file(
            "rules.json", "{\"who\":\"/user/login\",\"kind\":{\"type\":\"constant\",\"value\":1}}");
    assertThat(run("transform", "test", rules, payload)).isZero();
    assertThat(out.toString())
        .contains("\"target\" : \"who\"", "\"who\" : \"ada\"", "\"kind\" : 1");
    String wrong = file("wrong.json", "{\"who\":{\"type\":\"nonsense\"}}");
    assertThat(run("transform", "test", wrong, payload)).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("nonsense");
    assertThat(run("transform", "test", "/nowhere.json", payload)).isEqualTo(ExitCode.USAGE);
    String noJson = file("no.json", "{\"secret\": hush}");
    assertThat(run("transform", "test", noJson, payload)).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("line 1").doesNotContain("hush");
  }

  @Test
  void aFileOfToolsIsCheckedAsAWhole() throws Exception {
    String good = file("good.yaml", "tools:\n  - id: a\n    webhook_config: {max_concurrent: 2}\n");
    assertThat(run("tools", "validate", good)).isZero();
    String bad =
        file(
            "bad.json",
            "[{\"id\":\"a\",\"colour\":1},{\"id\":\"b\",\"webhook_config\":{\"events\":["
                + "{\"transform_rules\":{\"x\":{\"type\":\"nonsense\"}}}]}}]");
    assertThat(run("tools", "validate", bad)).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).contains("colour", "nonsense");
  }

  @Test
  void otherRulesAreTriedOnTheLastStoredEvents() throws Exception {
    try (EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start()) {
      environment.put("DATABASE_HOST", postgres.host());
      environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
      environment.put("DATABASE_NAME", postgres.database());
      environment.put("DATABASE_USER", postgres.user());
      environment.put("HEALTH_ENDPOINT", "off");
      store(3);
      String now = file("now.json", "{\"number\":\"/n\"}");
      String then =
          file("then.json", "{\"number\":{\"type\":\"rename\",\"source\":\"/n\"},\"a\":\"/a\"}");
      assertThat(run("transform", "what-if", now, then, "--tool", "t", "--event-type", "push"))
          .isEqualTo(ExitCode.FOUND);
      assertThat(out.toString()).contains("\"events\" : 3", "\"changed\" : 1", "\"e-2\"");
      assertThat(run("transform", "what-if", now, now, "--tool", "t", "--event-type", "push"))
          .isZero();
      theToolsPayloadPathCounts();
    }
  }

  private void theToolsPayloadPathCounts() throws Exception {
    String tool =
        file(
            "t.json",
            "{\"id\":\"t\",\"webhook_config\":{\"events\":"
                + "[{\"event_type\":\"push\",\"payload_path\":\"inner\"}]}}");
    assertThat(run("tools", "put", tool)).isZero();
    String now = file("now.json", "{\"i\":\"i\"}");
    String then = file("then.json", "{\"i\":{\"type\":\"constant\",\"value\":7}}");
    assertThat(run("transform", "what-if", now, then, "--tool", "t", "--event-type", "push"))
        .isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("\"changed\" : 2").doesNotContain("payload_path");
    assertThat(
            run(
                "transform",
                "what-if",
                now,
                then,
                "--tool",
                "t",
                "--event-type",
                "push",
                "--payload-path",
                "gone"))
        .isZero();
  }

  /** The last of them has a field more. */
  private void store(int events) throws Exception {
    InMemoryModule memory = InMemoryModule.create();
    try (Worker worker =
        Worker.builder()
            .discovery(false)
            .config(WorkerConfig.fromEnvironment(environment))
            .install(new PostgresModule())
            .install(memory)
            .toolConfigExtractor(
                event -> Optional.of(ToolConfig.of("t", ProcessingMode.STORE_ONLY)))
            .build()) {
      worker.start();
      for (int i = 0; i < events; i++) {
        memory.publish(
            Map.of(
                "event_id",
                "e-" + i,
                "event_type",
                "push",
                "payload",
                "{\"inner\":{\"i\":"
                    + (i + 5)
                    + "},\"n\":"
                    + i
                    + (i == events - 1 ? ",\"a\":1" : "")
                    + "}",
                "metadata",
                "{\"tool_id\":\"t\"}"));
      }
      await().until(() -> worker.stats().processed() == events);
    }
  }
}
