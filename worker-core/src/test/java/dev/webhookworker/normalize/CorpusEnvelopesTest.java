package dev.webhookworker.normalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.Envelope;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ProcessingMode;
import dev.webhookworker.spi.ToolConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class CorpusEnvelopesTest {

  private static final Path PLACE = Path.of("shared", "corpus", "github-webhooks.ndjson.gz");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ToolConfig GITHUB =
      new ToolConfig(
          "g", "g", "github", null, true, ProcessingMode.STORE_ONLY, List.of(), null, null, null);

  /**
   * The corpus is kept beside the repository; WORKER_TEST_CORPUS names it where it is elsewhere.
   */
  private static Optional<Path> corpus() {
    String given = System.getenv("WORKER_TEST_CORPUS");
    if (given != null && !given.isBlank()) {
      return Optional.of(Path.of(given));
    }
    return Stream.iterate(
            Path.of("").toAbsolutePath(), folder -> folder != null, folder -> folder.getParent())
        .map(folder -> folder.resolve(PLACE))
        .filter(Files::exists)
        .findFirst();
  }

  @Test
  void everyRealEventHasSourceTypeAndTimeAndSubjectAndActorWhereThePayloadHasOne()
      throws Exception {
    Optional<Path> corpus = corpus();
    assumeThat(corpus).as("shared/corpus in a folder above the checkout").isPresent();
    int events = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(corpus.orElseThrow())),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        check(JSON.readTree(line));
        events++;
      }
    }
    assertThat(events).isGreaterThan(300);
  }

  private static void check(JsonNode line) throws Exception {
    String id = line.get("event_id").asText();
    String type = line.get("event_type").asText();
    String payload = line.get("payload").asText();
    JsonNode body = JSON.readTree(payload);
    Envelope envelope = Envelope.of(WebhookEvent.of(id, type, payload), GITHUB);
    String action = body.path("action").asText();
    assertThat(envelope.source()).as(id).isEqualTo("github");
    assertThat(envelope.type()).as(id).isEqualTo(action.isEmpty() ? type : type + "." + action);
    assertThat(envelope.time()).as(id).isNotNull();
    assertThat(envelope.subject()).as(id).isNotNull();
    if (body.has("repository")) {
      assertThat(envelope.subject()).as(id).startsWith(body.at("/repository/full_name").asText());
    }
    if (body.has("sender")) {
      assertThat(envelope.actor()).as(id).isEqualTo(body.at("/sender/login").asText());
    }
    if (type.startsWith("pull_request") || type.equals("issues")) {
      assertThat(envelope.subject()).as(id).matches(".+/.+#\\d+");
      assertThat(envelope.url()).as(id).startsWith("https://");
    }
  }
}
