package dev.webhookworker.forward;

import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The headers of a request: the destination's own, those of the event, the signature. */
final class RequestHeaders {

  private static final Pattern TRACE_PARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private RequestHeaders() {}

  static Map<String, String> of(
      Destination destination, WebhookEvent event, byte[] body, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Secret> own : destination.headers().entrySet()) {
      headers.put(own.getKey(), own.getValue().reveal());
    }
    String id = visibleAscii(event.eventId());
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    headers.put("webhook-event-type", visibleAscii(event.eventType()));
    String trace = event.metadata().path("traceparent").asText("");
    if (TRACE_PARENT.matcher(trace).matches()) {
      headers.put("traceparent", trace);
    }
    if (destination.signer() != null) {
      headers.putAll(destination.signer().headers(id, now, body));
    }
    return headers;
  }

  /** Everything else percent-encoded, so that no text of an event can break a header. */
  static String visibleAscii(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f) {
        visible.append((char) b);
      } else {
        visible.append(String.format("%%%02X", b));
      }
    }
    return visible.toString();
  }
}
