package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells browsers the overview every two seconds by server-sent events, each on a thread of its own,
 * so many at once. A stream ends after 20 s, and the browser comes again by itself: so it ends with
 * its session, and a server that limits the time of an answer never cuts it off.
 */
final class LiveStreams implements AutoCloseable {

  static final int MOST = 16;
  private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration TO_END = Duration.ofSeconds(1);
  private static final int ROUNDS = 10;

  private final Supplier<JsonNode> overview;
  private final Semaphore places = new Semaphore(MOST);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  LiveStreams(Supplier<JsonNode> overview) {
    this.overview = overview;
  }

  /**
   * Takes the exchange over and closes it at the stream's end.
   *
   * @throws ApiProblem 503 when there are too many
   */
  void open(HttpExchange exchange) {
    if (closed.getCount() == 0 || !places.tryAcquire()) {
      throw ApiProblem.later(
          503, "too_many_streams", "too many browsers are told live already; ask again", 5);
    }
    Thread thread = new Thread(() -> run(exchange), "worker-ops-live");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void run(HttpExchange exchange) {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
      exchange.sendResponseHeaders(200, 0);
      tell(exchange.getResponseBody());
    } catch (IOException gone) {
      LOG.atDebug().log("A browser went away");
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } finally {
      threads.remove(Thread.currentThread());
      places.release();
    }
  }

  private void tell(OutputStream out) throws IOException, InterruptedException {
    write(out, "retry: 1000\n\n");
    for (int round = 0; round < ROUNDS; round++) {
      write(out, event());
      if (closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** A comment keeps the connection alive when there is nothing to tell. */
  private String event() {
    try {
      return "event: overview\ndata: " + overview.get() + "\n\n";
    } catch (RuntimeException failed) {
      LOG.atDebug().setCause(failed).log("The overview could not be told");
      return ": nothing to tell\n\n";
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /**
   * Ends every stream in order and waits a second for them: a server that stops before its answers
   * are whole would cut them off. No stream is interrupted, since that would close its connection.
   */
  @Override
  public void close() {
    closed.countDown();
    long end = System.nanoTime() + TO_END.toNanos();
    try {
      for (Thread thread : threads) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left > 0) {
          thread.join(left);
        }
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
