package dev.webhookworker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Events as CloudEvents 1.0 in structured JSON (CNCF CloudEvents 1.0.2, JSON event format). */
public final class CloudEvents {

  /** The media type of {@link #toJson}. */
  public static final String MEDIA_TYPE = "application/cloudevents+json";

  private CloudEvents() {}

  /**
   * The event with its envelope: {@code id} is the event id, {@code source} is {@code
   * urn:webhook:<provider>}, {@code data} the payload; actor, tenant and url are the extensions
   * {@code actor}, {@code tenant} and {@code url}.
   */
  public static ObjectNode toJson(WebhookEvent event, Envelope envelope) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("specversion", "1.0");
    json.put("id", event.eventId());
    json.put("source", "urn:webhook:" + envelope.source().replaceAll("[^A-Za-z0-9._-]", "-"));
    json.put("type", envelope.type());
    putPresent(json, "subject", envelope.subject());
    json.put("time", envelope.time().toString());
    putPresent(json, "actor", envelope.actor());
    putPresent(json, "tenant", envelope.tenant());
    putPresent(json, "url", envelope.url());
    json.put("datacontenttype", "application/json");
    json.set("data", event.payload());
    return json;
  }

  private static void putPresent(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
