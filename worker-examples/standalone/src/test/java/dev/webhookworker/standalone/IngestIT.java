package dev.webhookworker.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The process takes webhooks in, as docs/ingest.md shows it. */
class IngestIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final String TOOLS =
      """
      [{"id": "github-acme", "provider": "github", "webhook_config": {
         "endpoint_path": "/github/acme",
         "auth_type": "signature",
         "auth_config": {"secret": "It's a Secret to Everybody"}}}]
      """;

  @Test
  void aSignedRequestBecomesAnEventInTheStoreAndAnotherOneDoesNot(@TempDir Path folder)
      throws Exception {
    Path tools = Files.writeString(folder.resolve("tools.json"), TOOLS);
    WorkerProcess worker =
        BED.worker("ingest", "INGEST_ENDPOINT=127.0.0.1:0", "WORKER_TOOLS_FILE=" + tools)
            .awaitConsuming();
    URI uri = URI.create("http://" + address(worker) + "/github/acme");
    String body = "{\"action\":\"opened\",\"repository\":{\"full_name\":\"acme/site\"}}";
    assertThat(post(uri, body, "sha256=" + signature(body))).isEqualTo(202);
    assertThat(post(uri, body, "sha256=" + signature(body + " "))).isEqualTo(401);
    BED.awaitStored(1, Duration.ofSeconds(10));
    BED.awaitSettled(Duration.ofSeconds(5));
    worker.terminate();
    assertThat(worker.awaitExit(Duration.ofSeconds(10))).isZero();
    assertThat(worker.log()).noneMatch(line -> line.contains("Secret to Everybody"));
  }

  private static String address(WorkerProcess worker) {
    return worker.awaitLine("Taking webhooks in").log().stream()
        .filter(line -> line.contains("Taking webhooks in"))
        .map(line -> line.replaceFirst(".*?(127\\.0\\.0\\.1:\\d+).*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private static int post(URI uri, String body, String signature)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .header("X-GitHub-Event", "issues")
            .header("X-Hub-Signature-256", signature)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String signature(String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("It's a Secret to Everybody".getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
  }
}
