package dev.webhookworker.ingest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts an {@link IngestEndpoint} on a JDK {@code HttpServer}, at any path. Thread-safe. */
public final class IngestHandler implements HttpHandler {

  private static final Logger LOG = LoggerFactory.getLogger(IngestHandler.class);

  private static final int MOST_DRAINED = 4 * 1024 * 1024;

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
      drain(exchange.getRequestBody());
    }
  }

  /**
   * Reads on what a refusal left unread, after the answer: a connection that is reset takes the
   * answer along, and a sender that never ends its body has it already.
   */
  private static void drain(InputStream body) {
    byte[] buffer = new byte[8192];
    try {
      int read = 0;
      for (long all = 0; read >= 0 && all < MOST_DRAINED; all += read) {
        read = body.read(buffer);
      }
    } catch (IOException senderIsGone) {
      LOG.atDebug().log("A sender went away before its body was read");
    }
  }

  private static IngestRequest request(HttpExchange exchange) {
    return new IngestRequest(
        exchange.getRequestMethod(),
        exchange instanceof HttpsExchange ? "https" : "http",
        pathOf(exchange.getRequestURI()),
        Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), ""),
        exchange.getRequestURI().getRawQuery(),
        exchange.getRequestHeaders(),
        exchange.getRemoteAddress().getAddress().getHostAddress(),
        exchange.getRequestBody());
  }

  /**
   * The path of the request's target. One that begins with two slashes has been taken for an
   * authority (RFC 9112 3.2.1: a target in origin form is a path): then it is nobody's.
   */
  private static String pathOf(URI target) {
    return target.toString().startsWith("//")
        ? "//"
        : Objects.requireNonNullElse(target.getPath(), "");
  }

  private static void answer(HttpExchange exchange, IngestResponse response) throws IOException {
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    response.headers().forEach(exchange.getResponseHeaders()::set);
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(response.status(), none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().flush();
    }
  }
}
