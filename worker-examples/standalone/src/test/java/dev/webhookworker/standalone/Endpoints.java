package dev.webhookworker.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The HTTP endpoints of a worker process, on a free port. */
final class Endpoints {

  private final int port = freePort();
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * What was answered.
   *
   * @param time until the whole answer was there
   */
  record Answer(int status, String body, Duration time) {}

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }

  String setting() {
    return "HEALTH_ENDPOINT=127.0.0.1:" + port;
  }

  CompletableFuture<Answer> ask(String path) {
    long start = System.nanoTime();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .thenApply(
            response ->
                new Answer(
                    response.statusCode(),
                    response.body(),
                    Duration.ofNanos(System.nanoTime() - start)));
  }

  Answer get(String path) {
    return ask(path).join();
  }
}
