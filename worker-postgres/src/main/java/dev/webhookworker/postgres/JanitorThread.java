package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the janitor do its round again and again, on a thread of its own: a round may take long. */
final class JanitorThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JanitorThread.class);

  private final Janitor janitor;
  private final Duration interval;

  // Guarded by this.
  private @Nullable ScheduledExecutorService thread;

  JanitorThread(Janitor janitor, Duration interval) {
    this.janitor = janitor;
    this.interval = interval;
  }

  /** Starts the rounds, the first after an interval; later calls do nothing. */
  synchronized void start() {
    if (thread != null) {
      return;
    }
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "worker-janitor");
              made.setDaemon(true);
              return made;
            });
    thread = started;
    long millis = interval.toMillis();
    var unused = started.scheduleWithFixedDelay(this::round, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      janitor.runOnce();
    } catch (StoreUnavailableException away) {
      // The settler meets the same trouble and reports it.
      LOG.atDebug().addKeyValue("problem", away.getMessage()).log("Housekeeping waits");
    } catch (RuntimeException bug) {
      LOG.atError().setCause(bug).log("Housekeeping failed unexpectedly; it goes on");
    }
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
