package dev.webhookworker.ingest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts an {@link IngestEndpoint} on a JDK {@code HttpServer}, at any path. Thread-safe. */
public final class IngestHandler implements HttpHandler {

  private static final Logger LOG = LoggerFactory.getLogger(IngestHandler.class);

  private final IngestEndpoint endpoint;

  public IngestHandler(IngestEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      IngestResponse response;
      try {
        response = endpoint.receive(request(exchange));
      } catch (RuntimeException bug) {
        // The message may quote the request, so only the class is told.
        LOG.atError()
            .addKeyValue("error", bug.getClass().getName())
            .log("A request failed unexpectedly; the sender is asked to come again");
        response = IngestResponse.refused(500, "internal error");
      }
      answer(exchange, response);
    }
  }

  private static IngestRequest request(HttpExchange exchange) {
    return new IngestRequest(
        exchange.getRequestMethod(),
        exchange instanceof HttpsExchange ? "https" : "http",
        Objects.requireNonNullElse(exchange.getRequestURI().getPath(), ""),
        exchange.getRequestURI().getRawQuery(),
        exchange.getRequestHeaders(),
        exchange.getRemoteAddress().getAddress().getHostAddress(),
        exchange.getRequestBody());
  }

  private static void answer(HttpExchange exchange, IngestResponse response) throws IOException {
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    response.headers().forEach(exchange.getResponseHeaders()::set);
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(response.status(), none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }
}
