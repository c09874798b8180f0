package dev.webhookworker.postgres;

import dev.webhookworker.periodic.FailingTask;
import dev.webhookworker.periodic.PeriodicTask;
import dev.webhookworker.port.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the janitor do its round again and again, on a thread of its own: a round may take long. */
final class JanitorThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JanitorThread.class);

  private final Janitor janitor;
  private final Duration interval;

  // Guarded by this.
  private @Nullable PeriodicTask task;

  JanitorThread(Janitor janitor, Duration interval) {
    this.janitor = janitor;
    this.interval = interval;
  }

  /** Starts the rounds, the first after an interval; later calls do nothing. */
  synchronized void start() {
    if (task == null) {
      task =
          PeriodicTask.every(interval, "housekeeping of the store", "worker-janitor", this::round);
    }
  }

  private void round() {
    try {
      janitor.runOnce();
    } catch (StoreUnavailableException away) {
      // The settler meets the same trouble and reports it.
      LOG.atDebug().addKeyValue("problem", away.getMessage()).log("Housekeeping waits");
    }
  }

  /** What it is when it keeps failing. */
  synchronized Optional<FailingTask> failing() {
    return task == null ? Optional.empty() : task.failing();
  }

  @Override
  public synchronized void close() {
    if (task != null) {
      task.close();
    }
  }
}
