package dev.webhookworker.health;

import com.sun.net.httpserver.HttpServer;
import dev.webhookworker.http.HttpThreads;
import dev.webhookworker.http.JdkServers;
import dev.webhookworker.spi.WorkerModule.HttpEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code GET /health}, {@code /health/live}, {@code /health/ready} and what modules add, on
 * the JDK's HttpServer: 200 when healthy or degraded, 503 when unhealthy. The handler alone can be
 * mounted on a host's own server. Clients that dawdle keep no thread from the probes. Thread-safe.
 */
public final class HealthServer implements AutoCloseable {

  private static final int THREADS = 64;
  private static final int BACKLOG = 1024;
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  private final InetSocketAddress endpoint;
  private final WorkerHealth health;
  private final List<HttpEndpoint> endpoints;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable HttpThreads threads;

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
    JdkServers.prepare();
    HttpServer http;
    try {
      http = HttpServer.create(endpoint, BACKLOG);
    } catch (IOException taken) {
      throw new IOException(
          "the health endpoint "
              + endpoint
              + " can't be bound ("
              + taken.getMessage()
              + "); set HEALTH_ENDPOINT to a free port, or to off",
          taken);
    }
    HttpThreads pool = new HttpThreads("worker-http", THREADS, REQUEST_LIMIT);
    http.setExecutor(pool);
    http.createContext("/", HttpThreads.guarded(new HealthHandler(health)));
    for (HttpEndpoint further : endpoints) {
      http.createContext(further.path(), HttpThreads.guarded(further.handler()));
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

  @Override
  public void close() {
    HttpServer http = server;
    HttpThreads pool = threads;
    if (http != null && pool != null) {
      http.stop(0);
      pool.close();
    }
  }
}
