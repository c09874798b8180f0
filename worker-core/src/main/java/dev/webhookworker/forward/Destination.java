package dev.webhookworker.forward;

import dev.webhookworker.Secret;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.signature.StandardWebhooksSigner;
import dev.webhookworker.spi.EventTypes;
import dev.webhookworker.transform.PayloadCondition;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a tool's events are sent on to.
 *
 * @param name unique in its tool
 * @param eventTypes patterns of the event types that it gets
 * @param filter on the payload as received; null for all
 * @param headers of its own, checked
 * @param signer null when requests are not signed
 * @param timeout null for the worker's
 * @param maxConcurrent null for the worker's
 * @param ordered whether it gets one event at a time, in the order of the stream
 * @param tls null for the platform's trust and no client certificate
 */
record Destination(
    String name,
    URI url,
    List<String> eventTypes,
    @Nullable PayloadCondition filter,
    Map<String, Secret> headers,
    @Nullable StandardWebhooksSigner signer,
    @Nullable Duration timeout,
    @Nullable Integer maxConcurrent,
    boolean ordered,
    @Nullable ClientTls tls) {

  boolean takes(WebhookEvent event) {
    return takesType(event) && (filter == null || filter.holds(event.payload()));
  }

  boolean takesType(WebhookEvent event) {
    return eventTypes.stream().anyMatch(pattern -> EventTypes.matches(pattern, event.eventType()));
  }

  /** Without the url, whose path and query are secrets at some receivers. */
  @Override
  public String toString() {
    return "Destination[" + name + "]";
  }
}
