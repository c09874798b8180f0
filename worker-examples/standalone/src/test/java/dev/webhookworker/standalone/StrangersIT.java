package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that send a little and then almost nothing, on every port of the process. */
class StrangersIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final int OF_EACH_KIND = 500;

  /** A byte now and then keeps such a connection alive. */
  private static final int TRICKLES = 4;

  /** As a kubelet's. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

  private static final List<String> KINDS =
      List.of(
          "",
          "GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow: ",
          "POST /open HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Content-Length: 1000\r\n\r\n{");

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Socket> strangers = new ArrayList<>();

  @Test
  void probesAreAnsweredWithinASecondThroughoutAndSendersAreServed(@TempDir Path folder)
      throws Exception {
    Path tools =
        Files.writeString(
            folder.resolve("tools.json"),
            "[{\"id\":\"open\",\"webhook_config\":"
                + "{\"auth_type\":\"none\",\"endpoint_path\":\"/open\"}}]");
    int health = freePort();
    int ingest = freePort();
    BED.plainWorker(
            "attacked",
            "HEALTH_ENDPOINT=127.0.0.1:" + health,
            "INGEST_ENDPOINT=127.0.0.1:" + ingest,
            "WORKER_ADMIN_TOKEN=" + "operator-".repeat(4),
            "WORKER_TOOLS_FILE=" + tools)
        .awaitConsuming()
        .awaitLine("Taking webhooks in");
    CompletableFuture<Void> attack =
        CompletableFuture.runAsync(
            () -> {
              try {
                attack(health, ingest);
              } catch (IOException refused) {
                throw new IllegalStateException(refused);
              }
            });
    int accepted = 0;
    try {
      while (!attack.isDone()) {
        assertThat(answer(health, "/health/live", null)).isEqualTo(200);
        assertThat(answer(health, "/health", null)).isEqualTo(200);
        assertThat(answer(health, "/metrics", null)).isEqualTo(200);
        assertThat(answer(ingest, "/open", "{\"n\":" + accepted + "}")).isEqualTo(202);
        accepted++;
      }
      attack.join();
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    assertThat(accepted).as("rounds of probes").isGreaterThan(10);
    BED.awaitStored(accepted, Duration.ofSeconds(10));
    BED.assertStoredOnce(accepted);
  }

  private void attack(int health, int ingest) throws IOException {
    for (int port : List.of(health, ingest)) {
      for (String kind : KINDS) {
        for (int i = 0; i < OF_EACH_KIND; i++) {
          Socket socket = new Socket();
          socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
          strangers.add(socket);
          socket.getOutputStream().write(kind.getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
    for (int i = 0; i < TRICKLES; i++) {
      TestBed.pass(Duration.ofSeconds(1));
      strangers.forEach(StrangersIT::trickle);
    }
  }

  private static void trickle(Socket stranger) {
    try {
      stranger.getOutputStream().write('x');
    } catch (IOException sentAway) {
      // Some have to go so that others are served.
    }
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

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
