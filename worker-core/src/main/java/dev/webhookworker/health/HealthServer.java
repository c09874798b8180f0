package dev.webhookworker.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.spi.WorkerModule.HttpEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code GET /health}, {@code /health/live}, {@code /health/ready} and what modules add, on
 * the JDK's HttpServer: 200 when healthy or degraded, 503 when unhealthy. The handler alone can be
 * mounted on a host's own server. Thread-safe.
 */
public final class HealthServer implements AutoCloseable {

  private static final int THREADS = 4;

  private final InetSocketAddress endpoint;
  private final WorkerHealth health;
  private final List<HttpEndpoint> endpoints;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable ExecutorService threads;

  public HealthServer(
      InetSocketAddress endpoint, WorkerHealth health, List<HttpEndpoint> endpoints) {
    this.endpoint = endpoint;
    this.health = health;
    this.endpoints = List.copyOf(endpoints);
  }

  /**
   * @throws IOException when the address can't be bound; the message names it
   */
  public void start() throws IOException {
    HttpServer http;
    try {
      http = HttpServer.create(endpoint, 0);
    } catch (IOException taken) {
      throw new IOException(
          "the health endpoint "
              + endpoint
              + " can't be bound ("
              + taken.getMessage()
              + "); set HEALTH_ENDPOINT to a free port, or to off",
          taken);
    }
    ExecutorService pool =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "worker-http");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(pool);
    http.createContext("/", handler());
    for (HttpEndpoint further : endpoints) {
      http.createContext(further.path(), further.handler());
    }
    http.start();
    threads = pool;
    server = http;
  }

  /** Where it listens; the configured endpoint before it was started. */
  public InetSocketAddress address() {
    HttpServer http = server;
    return http == null ? endpoint : http.getAddress();
  }

  /** The three endpoints, to be mounted on a server of the host. */
  public HttpHandler handler() {
    return this::handle;
  }

  private void handle(HttpExchange exchange) throws IOException {
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

  @Override
  public void close() {
    HttpServer http = server;
    ExecutorService pool = threads;
    if (http != null && pool != null) {
      http.stop(0);
      pool.shutdownNow();
    }
  }
}
