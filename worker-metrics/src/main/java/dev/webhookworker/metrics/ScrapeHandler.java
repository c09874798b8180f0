package dev.webhookworker.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code /metrics} in the Prometheus text format 0.0.4 (prometheus.io, "Exposition formats"); where
 * there are exemplars, in OpenMetrics 1.0 for those who accept it.
 *
 * <p>The client library takes {@code _total} off the name of a gauge; the inherited name of the
 * threads gauge gets it back here.
 */
final class ScrapeHandler implements HttpHandler {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String STRIPPED = "webhook_goroutines";

  private final PrometheusMeterRegistry registry;
  private final boolean exemplars;

  /**
   * @param exemplars whether there are any: only then is it worth to answer in OpenMetrics, the
   *     format that has them
   */
  ScrapeHandler(PrometheusMeterRegistry registry, boolean exemplars) {
    this.registry = registry;
    this.exemplars = exemplars;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      String accepted = exchange.getRequestHeaders().getFirst("Accept");
      String type =
          exemplars && accepted != null && accepted.contains("application/openmetrics-text")
              ? OPEN_METRICS
              : TEXT;
      byte[] body =
          registry
              .scrape(type)
              .replace(STRIPPED, STRIPPED + "_total")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
