package dev.webhookworker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.OpsSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.ingest.IngestServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that send a little and then nothing keep nobody else from being answered. */
class StrangersTest {

  private static final int CONNECTIONS = 500;

  /** As a kubelet's. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

  private final InMemoryModule memory = InMemoryModule.create();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Socket> strangers = Collections.synchronizedList(new ArrayList<>());
  private Worker worker;
  private IngestServer ingest;

  @BeforeEach
  void start() throws Exception {
    String tools =
        "[{\"id\":\"open\",\"webhook_config\":{\"auth_type\":\"none\",\"endpoint_path\":\"/open\"}}]";
    worker =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .processor("*", (event, context) -> {})
            .toolDirectory(
                ToolsFile.of(Json.MAPPER.readTree(tools), "tools", ToolValidation.ofDiscovered()))
            .config(
                WorkerConfig.builder()
                    .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                    .ops(OpsSettings.OFF.withTokens(Secret.of("operator-".repeat(4)), null))
                    .build())
            .build();
    worker.start();
    ingest =
        IngestServer.start(
            new InetSocketAddress("127.0.0.1", 0), worker.ingest(memory.publisher()));
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket stranger : strangers) {
      stranger.close();
    }
    ingest.close();
    worker.close();
  }

  private void attack(int port, String sent) {
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = new Socket("127.0.0.1", port);
        strangers.add(socket);
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "G",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
        "POST /ops/api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{",
        "POST /open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{",
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"
      })
  void slowConnectionsKeepNobodyFromBeingAnswered(String sent) throws Exception {
    int health = worker.healthAddress().orElseThrow().getPort();
    CompletableFuture<Void> attack =
        CompletableFuture.runAsync(
            () -> {
              attack(health, sent);
              attack(ingest.address().getPort(), sent);
            });
    int rounds = 0;
    while (!attack.isDone() || rounds < 5) {
      assertThat(answer(health, "/health/live", null)).isEqualTo(200);
      assertThat(answer(health, "/health", null)).isEqualTo(200);
      assertThat(answer(health, "/ops/", null)).isEqualTo(200);
      assertThat(answer(ingest.address().getPort(), "/open", "{\"n\":" + rounds + "}"))
          .isEqualTo(202);
      rounds++;
    }
    attack.join();
  }

  private int answer(int port, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PROBE_TIMEOUT);
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
