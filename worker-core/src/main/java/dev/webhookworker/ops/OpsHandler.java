package dev.webhookworker.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.webhookworker.periodic.PeriodicTask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations page and its API, for the worker's health server or any JDK {@code HttpServer} of
 * the host, under whatever path it is mounted. Works on a few threads of its own: the server's are
 * free again at once, whatever queue and store do. Made by {@code Worker.opsHandler}, which also
 * closes it. Thread-safe.
 */
public final class OpsHandler implements HttpHandler, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OpsHandler.class);
  private static final int THREADS = 4;
  private static final int WAITING = 32;

  /** Of who has not shown that he may do anything no more is kept in memory. */
  private static final int BODY_OF_ANYBODY = 64 * 1024;

  private static final int LARGEST_BODY = 16 * 1024 * 1024;
  private static final Set<String> BODILESS = Set.of("GET", "HEAD", "OPTIONS");

  private final OpsParts parts;
  private final Acts acts;
  private final Api api;
  private final BulkJobs jobs;
  private final LiveStreams streams;
  private final PageFiles files = new PageFiles();
  private final ThreadPoolExecutor threads;
  private final List<PeriodicTask> tasks = new CopyOnWriteArrayList<>();

  private OpsHandler(OpsParts parts, Access access) {
    this.parts = parts;
    acts = new Acts(parts);
    Overview overview = new Overview(parts);
    streams = new LiveStreams(overview::now);
    jobs = new BulkJobs(parts.deadLetters(), parts.clock());
    api = new Api(access, Routes.of(parts, acts, overview, jobs), streams);
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> daemon(task, "worker-ops"));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Lets in who has a token of {@code WorkerConfig.ops()}. */
  public static OpsHandler forTokens(OpsParts parts) {
    return new OpsHandler(
        parts, new TokenAccess(parts.config().ops(), parts.clock(), System::nanoTime));
  }

  /** Lets in whom the host knows. */
  public static OpsHandler forHost(OpsParts parts, Authenticator authenticator) {
    return new OpsHandler(parts, new HostAccess(authenticator));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to record what is shown as a trend. Called by the worker. */
  public OpsHandler start() {
    sample();
    tasks.add(
        PeriodicTask.every(
            Activity.INTERVAL, "sampling for the page", "worker-ops-sampler", this::sample));
    tasks.add(
        PeriodicTask.every(
            Duration.ofSeconds(1),
            "writing late audit lines",
            "worker-ops-audit",
            acts::writeLate));
    return this;
  }

  private void sample() {
    parts
        .activity()
        .sample(
            parts.clock().instant(),
            System.nanoTime(),
            parts.engine().stats(),
            parts.engine().depth().orElse(null));
  }

  OpsParts parts() {
    return parts;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Responses.secure(exchange);
    if (!BODILESS.contains(exchange.getRequestMethod())) {
      readBody(exchange);
    }
    try {
      threads.execute(() -> serve(exchange));
    } catch (RejectedExecutionException busy) {
      try (exchange) {
        Responses.send(
            exchange,
            ApiProblem.later(503, "busy", "too many requests wait for an answer; ask again", 2));
      }
    }
  }

  /** Waits for the body on the server's thread: a client that dawdles must not keep one of ours. */
  private void readBody(HttpExchange exchange) throws IOException {
    InputStream sent = exchange.getRequestBody();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(sent.readNBytes(BODY_OF_ANYBODY + 1));
    if (body.size() > BODY_OF_ANYBODY && api.admits(exchange)) {
      body.writeBytes(sent.readNBytes(LARGEST_BODY - body.size()));
    }
    exchange.setStreams(new ByteArrayInputStream(body.toByteArray()), null);
  }

  private void serve(HttpExchange exchange) {
    boolean ours = true;
    try {
      ours = answer(exchange);
    } catch (IOException gone) {
      LOG.atDebug().log("A client of the operations page went away");
    } catch (RuntimeException bug) {
      LOG.atError().setCause(bug).log("A request to the operations page failed unexpectedly");
    } finally {
      if (ours) {
        exchange.close();
      }
    }
  }

  /** Whether the exchange is to be closed now. */
  private boolean answer(HttpExchange exchange) throws IOException {
    String own = exchange.getHttpContext().getPath().replaceAll("/$", "");
    String path = exchange.getRequestURI().getRawPath().substring(own.length());
    if (path.startsWith("/api/")) {
      return api.handle(exchange, path.substring("/api".length()));
    }
    String method = exchange.getRequestMethod();
    Optional<PageFiles.PageFile> file = files.find(path);
    if (path.isEmpty()) {
      // Relative, so that it is right behind a proxy that adds to the path.
      exchange.getResponseHeaders().set("Location", own.substring(own.lastIndexOf('/') + 1) + "/");
      exchange.sendResponseHeaders(302, -1);
    } else if (file.isEmpty()) {
      Responses.send(exchange, ApiProblem.notFound("there is no such page"));
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      Responses.send(exchange, ApiProblem.of(405, "method_not_allowed", "use GET"));
    } else {
      exchange.getResponseHeaders().set("Content-Type", file.get().type());
      Responses.send(exchange, 200, file.get().content());
    }
    return true;
  }

  /** Ends streams and jobs; requests that run may finish. */
  @Override
  public void close() {
    streams.close();
    jobs.close();
    acts.writeLate();
    tasks.forEach(PeriodicTask::close);
    threads.shutdown();
  }
}
