package dev.webhookworker.ingest;

import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.http.HttpThreads;
import dev.webhookworker.http.JdkServers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Serves an {@link IngestEndpoint} on the JDK's HttpServer. Put a reverse proxy with TLS and limits
 * on connections before it where senders are not your own. Thread-safe.
 */
public final class IngestServer implements AutoCloseable {

  private static final int THREADS = 256;
  private static final int BACKLOG = 1024;
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
  private static final int SECONDS_FOR_OPEN_REQUESTS = 1;

  private final HttpServer server;
  private final HttpThreads threads;

  private IngestServer(HttpServer server, HttpThreads threads) {
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
    JdkServers.prepare();
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException taken) {
      throw new IOException(
          "the ingest endpoint "
              + address
              + " can't be bound ("
              + taken.getMessage()
              + "); set INGEST_ENDPOINT to a free port, or to off",
          taken);
    }
    HttpThreads threads = new HttpThreads("worker-ingest", THREADS, REQUEST_LIMIT);
    server.setExecutor(threads);
    server.createContext("/", HttpThreads.guarded(new IngestHandler(endpoint)));
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
    threads.close();
  }
}
