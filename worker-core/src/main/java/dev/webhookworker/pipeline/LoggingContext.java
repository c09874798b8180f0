package dev.webhookworker.pipeline;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.TraceParent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.MDC;

/** The MDC of one run, so that the handler's own log lines name their event too. */
final class LoggingContext implements AutoCloseable {

  private final Map<String, String> values = new LinkedHashMap<>();

  private LoggingContext() {}

  /**
   * @param traceId of the run's own trace; without one it is that of the event's {@code
   *     traceparent}, where it has one
   */
  static LoggingContext of(WebhookEvent event, int attempt, Optional<String> traceId) {
    LoggingContext context = new LoggingContext();
    context.put("event_id", event.eventId());
    context.put("event_type", event.eventType());
    context.put("correlation_id", event.correlationId());
    context.put("attempt", Integer.toString(attempt));
    String tenant = event.tenantId();
    if (tenant != null) {
      context.put("tenant_id", tenant);
    }
    traceId
        .or(() -> TraceParent.of(event).map(TraceParent::traceId))
        .ifPresent(id -> context.put("trace_id", id));
    return context;
  }

  /** Values may come from outside: what would break the line becomes a space. */
  void put(String key, String value) {
    String line = oneLine(value);
    values.put(key, line);
    MDC.put(key, line);
  }

  private static String oneLine(String value) {
    StringBuilder line = null;
    for (int i = 0; i < value.length(); i++) {
      if (InputRules.breaksLine(value.charAt(i))) {
        line = line == null ? new StringBuilder(value) : line;
        line.setCharAt(i, ' ');
      }
    }
    return line == null ? value : line.toString();
  }

  Map<String, String> values() {
    return Map.copyOf(values);
  }

  @Override
  public void close() {
    values.keySet().forEach(MDC::remove);
  }
}
