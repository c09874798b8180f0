package dev.webhookworker.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code /metrics} in the Prometheus text format 0.0.4 (prometheus.io, "Exposition formats").
 *
 * <p>The client library takes {@code _total} off the name of a gauge; the inherited name of the
 * threads gauge gets it back here.
 */
final class ScrapeHandler implements HttpHandler {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String STRIPPED = "webhook_goroutines";

  private final PrometheusMeterRegistry registry;

  ScrapeHandler(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] body =
          registry
              .scrape(TEXT)
              .replace(STRIPPED, STRIPPED + "_total")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", TEXT);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
