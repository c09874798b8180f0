package dev.webhookworker.ingest;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves an {@link IngestEndpoint} on the JDK's HttpServer. Put a reverse proxy with TLS and limits
 * on connections before it where senders are not your own. Thread-safe.
 */
public final class IngestServer implements AutoCloseable {

  private static final int THREADS = 32;
  private static final int SECONDS_FOR_OPEN_REQUESTS = 1;

  private final HttpServer server;
  private final ExecutorService threads;

  private IngestServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException when the address can't be bound; the message names it
   */
  public static IngestServer start(InetSocketAddress address, IngestEndpoint endpoint)
      throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException taken) {
      throw new IOException(
          "the ingest endpoint "
              + address
              + " can't be bound ("
              + taken.getMessage()
              + "); set INGEST_ENDPOINT to a free port, or to off",
          taken);
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "worker-ingest");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", new IngestHandler(endpoint));
    server.start();
    return new IngestServer(server, threads);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Takes no more connections, and lets open requests end for up to a second. */
  @Override
  public void close() {
    server.stop(SECONDS_FOR_OPEN_REQUESTS);
    threads.shutdownNow();
  }
}
