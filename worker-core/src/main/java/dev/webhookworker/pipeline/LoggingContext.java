package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.MDC;

/** The MDC of one run, so that the handler's own log lines name their event too. */
final class LoggingContext implements AutoCloseable {

  private final Map<String, String> values = new LinkedHashMap<>();

  private LoggingContext() {}

  static LoggingContext of(WebhookEvent event, int attempt) {
    LoggingContext context = new LoggingContext();
    context.put("event_id", event.eventId());
    context.put("event_type", event.eventType());
    context.put("correlation_id", event.correlationId());
    context.put("attempt", Integer.toString(attempt));
    String tenant = event.tenantId();
    if (tenant != null) {
      context.put("tenant_id", tenant);
    }
    return context;
  }

  void put(String key, String value) {
    values.put(key, value);
    MDC.put(key, value);
  }

  Map<String, String> values() {
    return Map.copyOf(values);
  }

  @Override
  public void close() {
    values.keySet().forEach(MDC::remove);
  }
}
