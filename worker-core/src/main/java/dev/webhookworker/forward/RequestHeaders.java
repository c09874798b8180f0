package dev.webhookworker.forward;

import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.TraceParent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The headers of a request: the destination's own, those of the event, the signature. */
final class RequestHeaders {

  private RequestHeaders() {}

  /**
   * @param trace what the receiver goes on with; empty for nothing
   */
  static Map<String, String> of(
      Destination destination,
      WebhookEvent event,
      byte[] body,
      Instant now,
      Optional<TraceParent> trace) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Secret> own : destination.headers().entrySet()) {
      headers.put(own.getKey(), own.getValue().reveal());
    }
    String id = visibleAscii(event.eventId());
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    headers.put("webhook-event-type", visibleAscii(event.eventType()));
    trace.ifPresent(parent -> headers.put(TraceParent.FIELD, parent.text()));
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
