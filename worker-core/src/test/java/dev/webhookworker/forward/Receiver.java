package dev.webhookworker.forward;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;

/** A destination on the loopback interface that answers as it is told and remembers what it got. */
public final class Receiver implements AutoCloseable {

  /** What it got and answered with success. */
  public record Taken(Headers headers, String body) {
    public String id() {
      return headers.getFirst("webhook-id");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Taken> taken = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile IntSupplier status = () -> 200;
  private volatile String body = "";
  private volatile Map<String, String> answerHeaders = Map.of();

  public Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String received =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          int answered = status.getAsInt();
          asked.add(exchange.getRequestURI().getPath());
          if (answered < 300) {
            taken.add(new Taken(exchange.getRequestHeaders(), received));
          }
          answerHeaders.forEach(exchange.getResponseHeaders()::add);
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answered, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  public void answers(int code, String text, Map<String, String> headers) {
    answerHeaders = headers;
    body = text;
    status = () -> code;
  }

  /** Asked for each request. */
  public void answers(IntSupplier code) {
    status = code;
  }

  public void answers(int code) {
    answers(code, "", Map.of());
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks";
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Every request it got, whatever it answered. */
  public List<String> asked() {
    return asked;
  }

  public List<Taken> taken() {
    return taken;
  }

  public List<String> takenIds() {
    return taken.stream().map(Taken::id).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
