package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.IngestSettings;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolsFileTest {

  @TempDir private Path folder;

  private Path file(String content) throws Exception {
    return Files.writeString(folder.resolve("tools.json"), content);
  }

  @Test
  void aToolIsKnownByItsPath() throws Exception {
    ToolsFile tools =
        ToolsFile.load(
            file("[{\"id\":\"a\",\"webhook_config\":{\"endpoint_path\":\"in/a\"}},{\"id\":\"b\"}]"),
            ToolValidation.ofDiscovered());
    assertThat(tools.byPath("/in/a").orElseThrow().id()).isEqualTo("a");
    assertThat(tools.byPath("/webhooks/b").orElseThrow().id()).isEqualTo("b");
    assertThat(tools.byPath("/in/a/")).isEmpty();
  }

  @Test
  void everythingThatIsWrongIsToldTogetherWithoutASecret() throws Exception {
    Path file =
        file(
            """
            [{"id": "a"}, {"id": "a"}, {"tool_name": "nameless"},
             {"id": "b", "webhook_config": {"auth_type": "magic"}},
             {"id": "c", "webhook_config": {"ip_whitelist": ["10.0.0.0/99"]}},
             {"id": "e", "webhook_config": {"auth_type": "none", "ip_whitelist": []}},
             {"id": "d", "webhook_config": {"auth_type": "signature",
               "auth_config": {"scheme": "discord", "secret": "hush"}}}]
            """);
    assertThatThrownBy(() -> ToolsFile.load(file, ToolValidation.ofDiscovered()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            wrong -> {
              assertThat(wrong.problems()).hasSize(7);
              assertThat(wrong.problems().toString())
                  .contains(
                      "two tools with the id 'a'",
                      "'id'",
                      "magic",
                      "/99",
                      "64 hexadecimal",
                      "is empty")
                  .doesNotContain("hush");
            });
  }

  @Test
  void aFileThatIsMissingOrNoJsonIsAnErrorOfTheBuildWithTheOthers() throws Exception {
    for (Path file : new Path[] {folder.resolve("nowhere.json"), file("[{\"hush\"]")}) {
      assertThatThrownBy(
              () ->
                  Worker.builder()
                      .discovery(false)
                      .install(InMemoryModule.create())
                      .config(WorkerConfig.builder().toolsFile(file).build())
                      .build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("WORKER_TOOLS_FILE")
          .satisfies(wrong -> assertThat(wrong.getMessage()).doesNotContain("hush"));
    }
  }

  @Test
  void anEndpointWithoutToolsIsAnErrorOfTheBuild() {
    assertThatThrownBy(
            () ->
                Worker.builder()
                    .discovery(false)
                    .install(InMemoryModule.create())
                    .config(
                        WorkerConfig.builder()
                            .ingest(
                                IngestSettings.DEFAULTS.withEndpoint(
                                    new InetSocketAddress("127.0.0.1", 0)))
                            .build())
                    .build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WORKER_TOOLS_FILE");
  }

  @Test
  void theEnvironmentSetsWhatIsTakenInAndFrom() {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of(
                "INGEST_ENDPOINT", "127.0.0.1:8080",
                "INGEST_TRUSTED_PROXIES", "10.0.0.0/8, ::1",
                "INGEST_CLIENT_RATE", "5",
                "INGEST_ENDPOINT_RATE", "50",
                "INGEST_MAX_DEPTH", "7",
                "WORKER_TOOLS_FILE", "/etc/tools.json"));
    IngestSettings ingest = config.ingest();
    assertThat(ingest.endpoint()).isEqualTo(new InetSocketAddress("127.0.0.1", 8080));
    assertThat(ingest.trustedProxies()).containsExactly("10.0.0.0/8", "::1");
    assertThat(ingest.clientRate()).isEqualTo(5);
    assertThat(ingest.endpointRate()).isEqualTo(50);
    assertThat(ingest.maxDepth()).isEqualTo(7);
    assertThat(config.toolsFile()).contains(Path.of("/etc/tools.json"));
    assertThatThrownBy(
            () ->
                WorkerConfig.fromEnvironment(
                    Map.of(
                        "INGEST_TRUSTED_PROXIES", "loadbalancer.internal",
                        "INGEST_MAX_DEPTH", "0",
                        "WORKER_SIGNATURES", "maybe")))
        .hasMessageContaining("INGEST_TRUSTED_PROXIES")
        .hasMessageContaining("INGEST_MAX_DEPTH")
        .hasMessageContaining("expected when_present, required or off");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools.json | [{\"id\":\"a\",\"provider\":\"github\",\"provider\":\"stripe\"}]",
        "tools.json | [{\"id\":\"a\",\"webhook_config\":{\"paused\":true,\"paused\":false}}]",
        "tools.json | [{\"id\":\"a\"}] [{\"id\":\"b\"}]",
        "tools.yaml | [{id: a, webhook_config: {auth_type: hmac, auth_type: none}}]",
        "tools.yml | '[{id: a}]~---~[{id: b}]'"
      })
  void aFileOfWhichSomethingWouldBeForgottenIsRefused(String name, String content)
      throws Exception {
    Path file = Files.writeString(folder.resolve(name), content.replace('~', '\n'));
    assertThatThrownBy(() -> ToolsFile.load(file, ToolValidation.ofDiscovered()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("one document");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auth_type\":\"hmac\",\"signature_header\":\"X-A\",\"auth_config\":{\"secret\":\"s\\n\"}}",
        "{\"auth_type\":\"bearer\",\"auth_config\":{\"token\":\"s\\r\\n\"}}",
        "{\"auth_type\":\"basic\",\"auth_config\":{\"username\":\"a\",\"password\":\"s\\n\"}}",
        "{\"auth_type\":\"basic\",\"auth_config\":{\"username\":\"a:b\",\"password\":\"s\"}}"
      })
  void aSecretThatNoSenderCanSendIsTold(String webhookConfig) throws Exception {
    Path file = file("[{\"id\":\"a\",\"webhook_config\":" + webhookConfig + "}]");
    assertThatThrownBy(() -> ToolsFile.load(file, ToolValidation.ofDiscovered()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("auth_config has a");
  }
}
