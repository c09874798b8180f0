package dev.webhookworker.pairs;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes every event and remembers the order of first arrivals. */
final class Destination implements AutoCloseable {

  private final HttpServer server;
  private final List<String> ids = new CopyOnWriteArrayList<>();

  Destination() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          ids.add(exchange.getRequestHeaders().getFirst("webhook-id"));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Without what was sent again, which an answer that got lost explains. */
  List<String> firstArrivals() {
    return ids.stream().distinct().toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
