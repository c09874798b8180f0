package dev.webhookworker.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The three endpoints with the JSON that docs/configuration.md describes, for {@link HealthServer}
 * or any JDK {@code HttpServer} of the host. Thread-safe.
 */
public final class HealthHandler implements HttpHandler {

  private final WorkerHealth health;

  public HealthHandler(WorkerHealth health) {
    this.health = health;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        answer(exchange, 405, Map.of("error", "use GET"));
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/health" -> answer(exchange, health.report());
        case "/health/ready" -> answer(exchange, health.readiness());
        case "/health/live" ->
            answer(exchange, HealthReport.of(Instant.now(), Map.of("worker", health.liveness())));
        default ->
            answer(exchange, 404, Map.of("error", "try /health, /health/live or /health/ready"));
      }
    }
  }

  private static void answer(HttpExchange exchange, HealthReport report) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("status", report.status().code());
    json.put("timestamp", report.timestamp().toString());
    Map<String, Object> components = new LinkedHashMap<>();
    report
        .components()
        .forEach(
            (name, component) -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("status", component.status().code());
              one.put("message", component.message());
              one.put("latency", millis(component.latency().toNanos()));
              one.put("details", component.details());
              components.put(name, one);
            });
    json.put("components", components);
    json.put("unhealthy_components", report.componentsThatAre(HealthStatus.UNHEALTHY));
    json.put("degraded_components", report.componentsThatAre(HealthStatus.DEGRADED));
    answer(exchange, report.status() == HealthStatus.UNHEALTHY ? 503 : 200, json);
  }

  private static String millis(long nanos) {
    return nanos / 1_000_000 + "." + nanos / 10_000 % 100 / 10 + nanos / 10_000 % 10 + "ms";
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> json)
      throws IOException {
    byte[] body =
        dev.webhookworker.pipeline.Json.MAPPER
            .writeValueAsString(json)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
