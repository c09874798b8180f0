package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.Authentication;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /**
   * The event is on the stream. Some providers take more than a status for an answer to be acted
   * on: Twilio reads a body as TwiML (its error 12300), Slack shows one to the user, Zoom wants 200
   * or 204.
   */
  static IngestResponse accepted(@Nullable Authentication authentication, String eventId) {
    return switch (authentication == null ? "" : authentication.verifier().name()) {
      case "twilio", "zoom" -> of(204, JSON, "");
      case "slack" -> of(200, "text/plain", "");
      default -> accepted(eventId);
    };
  }

  private static IngestResponse accepted(String eventId) {
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
