package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a sender is answered. Refusals of one status are all alike, whatever the reason.
 *
 * @param headers set by the caller beside its own
 * @param body text in UTF-8, may be empty
 */
public record IngestResponse(int status, Map<String, String> headers, String body) {

  private static final String JSON = "application/json";

  public IngestResponse {
    headers = Map.copyOf(headers);
  }

  static IngestResponse accepted(String eventId) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("event_id", eventId);
    return of(202, JSON, json.toString());
  }

  static IngestResponse refused(int status, String error) {
    return of(status, JSON, Json.MAPPER.createObjectNode().put("error", error).toString());
  }

  static IngestResponse of(int status, String contentType, String body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType + "; charset=utf-8");
    headers.put("Cache-Control", "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    return new IngestResponse(status, headers, body);
  }

  IngestResponse with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new IngestResponse(status, more, body);
  }

  IngestResponse retryAfter(Duration wait) {
    return with("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
  }
}
