package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CorpusIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  @Test
  void everyRealPayloadIsStoredOnceAndUnchangedAndNothingWaits() throws Exception {
    Optional<Corpus> corpus = Corpus.find();
    assumeThat(corpus).as("shared/corpus in a folder above the checkout").isPresent();
    List<Map<String, String>> entries = corpus.orElseThrow().entries();
    Map<String, String> sent = new HashMap<>();
    entries.forEach(entry -> sent.put(entry.get("event_id"), entry.get("payload")));
    assertThat(sent).hasSameSizeAs(entries).hasSizeGreaterThan(300);

    int port = freePort();
    BED.publish(entries);
    BED.plainWorker("corpus", "HEALTH_ENDPOINT=127.0.0.1:" + port).awaitConsuming();
    BED.awaitStored(entries.size(), Duration.ofSeconds(20));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(entries.size());
    List<String> ids = BED.column("SELECT event_id FROM worker.webhook_events ORDER BY event_id");
    List<String> payloads =
        BED.column("SELECT payload::text FROM worker.webhook_events ORDER BY event_id");
    Map<String, String> stored = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      stored.put(ids.get(i), payloads.get(i));
    }
    assertThat(stored).isEqualTo(sent);
    assertThat(BED.deadLetters()).isZero();
    await()
        .untilAsserted(
            () -> {
              JsonNode queue = health(port).at("/components/queue");
              assertThat(queue.at("/status").asText()).isEqualTo("healthy");
              assertThat(queue.at("/details/depth").asInt(-1)).isZero();
            });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static JsonNode health(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    String json =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    return new ObjectMapper().readTree(json);
  }
}
