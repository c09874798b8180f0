package dev.webhookworker.standalone;

import dev.webhookworker.Worker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and Ctrl-C set off: the worker is closed within its shutdown timeout and the process
 * ends with 0. Without it the JVM would end with 143, as if it had failed.
 */
final class OrderlyEnd extends Thread {

  private static final Logger LOG = LoggerFactory.getLogger(OrderlyEnd.class);

  /** What the worker may take beyond its timeout for closing connections. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Worker worker;
  private final StandaloneIngest ingest;

  OrderlyEnd(Worker worker, StandaloneIngest ingest) {
    super("worker-shutdown");
    this.worker = worker;
    this.ingest = ingest;
  }

  @Override
  public void run() {
    Thread closing = new Thread(this::close, "worker-close");
    closing.setDaemon(true);
    boolean[] failed = {false};
    closing.setUncaughtExceptionHandler(
        (thread, error) -> {
          LOG.atError().setCause(error).log("Closing failed; others take over what was in flight");
          failed[0] = true;
        });
    closing.start();
    try {
      closing.join(worker.config().shutdownTimeout().plus(GRACE).toMillis());
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
    if (closing.isAlive()) {
      LOG.atError()
          .addKeyValue("timeout", worker.config().shutdownTimeout())
          .log("Closing took too long and is cut off; others take over what was in flight");
    }
    // Not System.exit: the shutdown is under way and would keep its own status.
    Runtime.getRuntime().halt(closing.isAlive() || failed[0] ? 1 : 0);
  }

  private void close() {
    ingest.close();
    worker.close();
  }
}
