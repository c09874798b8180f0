package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.memory.InMemoryModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolConfigurationInMemoryTest {

  private final InMemoryModule memory = InMemoryModule.create();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  private WorkerConfig.Builder config() {
    return WorkerConfig.builder().blockTimeout(Duration.ofMillis(10));
  }

  private Worker worker(WorkerConfig config) {
    return Worker.builder()
        .discovery(false)
        .install(memory)
        .config(config)
        .processor(
            "*", (event, context) -> seen.add(context.tool().id() + " " + event.rawPayload()))
        .build();
  }

  private void publish(String payload, String metadata) {
    memory.publish(
        Map.of("event_id", "1", "event_type", "order", "payload", payload, "metadata", metadata));
  }

  private static String inline(String webhookConfig) {
    return "{\"tool_config\":{\"id\":\"shop\",\"webhook_config\":" + webhookConfig + "}}";
  }

  private void assertDead(String reason, String... message) {
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(memory.deadLetters().get(0).reason()).isEqualTo(reason);
    assertThat(memory.deadLetters().get(0).message()).contains(message);
    assertThat(seen).isEmpty();
  }

  @Test
  void aProcessorGetsThePartThatTheToolSelects() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish(
          "{\"data\":{\"id\":7}}",
          inline("{\"events\":[{\"payload_path\":\"/data\",\"required_fields\":[\"id\"]}]}"));
      await().untilAsserted(() -> assertThat(seen).containsExactly("inline:shop {\"id\":7}"));
    }
  }

  @Test
  void aMissingRequiredFieldIsADeadLetter() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("{}", inline("{\"events\":[{\"required_fields\":[\"id\"]}]}"));
      assertDead("not_retryable", "required_fields", "id");
    }
  }

  @Test
  void aBodyInXmlIsProcessedAsJson() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("<order><id>7</id></order>", inline("{\"payload_format\":\"xml\"}"));
      await()
          .untilAsserted(
              () -> assertThat(seen).containsExactly("inline:shop {\"order\":{\"id\":\"7\"}}"));
      await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
    }
  }

  @Test
  void gitHubsFormIsProcessedAsItsJson() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("payload=%7B%22ref%22%3A%22main%22%7D", inline("{\"payload_format\":\"form\"}"));
      await()
          .untilAsserted(() -> assertThat(seen).containsExactly("inline:shop {\"ref\":\"main\"}"));
    }
  }

  @Test
  void aBodyInAnotherFormatThanItsToolsIsADeadLetter() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("<order>", inline("{\"payload_format\":\"xml\"}"));
      assertDead("not_retryable", "payload_format 'xml'", "'inline:shop'");
    }
  }

  @Test
  void aBodyThatIsNoJsonStaysUndecodableForAToolThatSendsJson() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("<order/>", inline("{}"));
      assertDead("undecodable", "'payload' is not JSON");
    }
  }

  @Test
  void aToolThatIsWronglyConfiguredTellsEverythingAtOnce() throws Exception {
    try (Worker worker = worker(config().build())) {
      worker.start();
      publish("{}", inline("{\"enabled\":\"yes\",\"retries\":1}"));
      assertDead("not_retryable", "'enabled'", "'retries'");
    }
  }

  @Test
  void anEventWithoutToolIsRejectedWhereOneIsWanted() throws Exception {
    try (Worker worker =
        worker(config().tools(ToolSettings.DEFAULTS.withRejectWithoutTool(true)).build())) {
      worker.start();
      publish("{}", "{}");
      assertDead("not_retryable", "WORKER_DEFAULT_TOOL");
    }
  }

  @Test
  void toolsMayBeWrittenInYaml(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tools.yaml");
    Files.writeString(
        file,
        """
        tools:
          - id: shop
            webhook_config:
              events:
                - event_type: order
                  payload_path: data
        """);
    try (Worker worker = worker(config().toolsFile(file).build())) {
      worker.start();
      publish("{\"data\":[1]}", "{\"tool_id\":\"shop\"}");
      await().untilAsserted(() -> assertThat(seen).containsExactly("shop [1]"));
    }
  }

  @Test
  void whatIsWrongInTheToolsFileIsToldWhenTheWorkerIsBuilt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tools.yml");
    Files.writeString(
        file,
        """
        - {id: a, colour: red}
        - {id: b, webhook_config: {events: [{transform_rules: {x: {type: upper}}}]}}
        """);
    assertThatThrownBy(() -> worker(config().toolsFile(file).build()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'colour'");
    Files.writeString(
        file, "- {id: b, webhook_config: {events: [{transform_rules: {x: {type: upper}}}]}}");
    assertThatThrownBy(() -> worker(config().toolsFile(file).build()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("upper");
  }
}
