package dev.webhookworker.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint over HTTP. */
class IngestServerTest {

  private final InMemoryModule memory = InMemoryModule.create();
  private final HttpClient http = HttpClient.newHttpClient();
  private Worker worker;
  private IngestServer server;

  @BeforeEach
  void start() throws Exception {
    String tools =
        "[{\"id\":\"open\",\"webhook_config\":{\"auth_type\":\"none\",\"endpoint_path\":\"/öffentlich\"}}]";
    worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .toolDirectory(
                ToolsFile.of(Json.MAPPER.readTree(tools), "tools", ToolValidation.ofDiscovered()))
            .config(WorkerConfig.defaults())
            .build();
    server =
        IngestServer.start(
            new InetSocketAddress("127.0.0.1", 0), worker.ingest(memory.publisher()));
  }

  @AfterEach
  void stop() {
    server.close();
    worker.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anEventIsAcceptedUnderItsDecodedPath() throws Exception {
    HttpResponse<String> response = post("/%C3%B6ffentlich?a=b", "{}");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.body()).startsWith("{\"event_id\":\"open:sha256:");
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
  }

  @Test
  void whoSendsTooMuchOrToNobodySeesTheAnswerAndNoBrokenConnection() throws Exception {
    String large = "\"" + "x".repeat(3 * 1024 * 1024) + "\"";
    for (int i = 0; i < 3; i++) {
      assertThat(post("/%C3%B6ffentlich", large).statusCode()).isEqualTo(413);
      assertThat(post("/nowhere", large).statusCode()).isEqualTo(404);
      assertThat(post("/%C3%B6ffentlich", "{}").statusCode()).isEqualTo(202);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//x/%C3%B6ffentlich",
        "//%C3%B6ffentlich",
        "///%C3%B6ffentlich",
        "/x/../%C3%B6ffentlich"
      })
  void aTargetIsAPathAndNothingElse(String target) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + target
                      + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 2\r\n\r\n{}")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void anAddressThatIsTakenIsNamedWithTheSetting() {
    assertThatThrownBy(
            () -> IngestServer.start(server.address(), worker.ingest(memory.publisher())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("INGEST_ENDPOINT")
        .hasMessageContaining(String.valueOf(server.address().getPort()));
  }
}
