package dev.webhookworker.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Real GitHub payloads, kept beside the repository; a checkout alone does not have them.
 * WORKER_TEST_CORPUS names the file where it is elsewhere.
 */
record Corpus(Path file) {

  private static final Path PLACE = Path.of("shared", "corpus", "github-webhooks.ndjson.gz");

  static Optional<Corpus> find() {
    String given = System.getenv("WORKER_TEST_CORPUS");
    if (given != null && !given.isBlank()) {
      return Optional.of(new Corpus(Path.of(given)));
    }
    return Stream.iterate(
            Path.of("").toAbsolutePath(), folder -> folder != null, folder -> folder.getParent())
        .map(folder -> folder.resolve(PLACE))
        .filter(Files::exists)
        .findFirst()
        .map(Corpus::new);
  }

  /** The corpus as entries of the stream. */
  List<Map<String, String>> entries() {
    ObjectMapper mapper = new ObjectMapper();
    List<Map<String, String>> entries = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = mapper.readTree(line);
        String payload = event.get("payload").asText();
        JsonNode body = mapper.readTree(payload);
        entries.add(
            Map.of(
                "event_id",
                event.get("event_id").asText(),
                "event_type",
                event.get("event_type").asText(),
                "repo_name",
                body.at("/repository/full_name").asText(),
                "sender_name",
                body.at("/sender/login").asText(),
                "payload",
                payload,
                "auth_context",
                "{\"tenant_id\":\"corpus\"}",
                "timestamp",
                "2026-11-24T12:00:00Z",
                "metadata",
                "{\"headers\":{\"X-GitHub-Event\":\"" + event.get("event_type").asText() + "\"}}"));
      }
      return entries;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
