package dev.webhookworker.periodic;

import dev.webhookworker.foreign.ForeignCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a task on a daemon thread of its own until it is closed. Nothing that the task throws
 * ends the repetition, an {@link Error} no more than an exception; what keeps failing is told by
 * {@link #failing}. Thread-safe.
 */
public final class PeriodicTask implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

  /** From this many failures in a row on a task is said to keep failing. */
  private static final int KEEPS_FAILING = 3;

  /** Work that says itself when it wants to be repeated. */
  @FunctionalInterface
  public interface Work {

    /**
     * @return how long to wait before the next time
     */
    Duration run() throws Exception;
  }

  /** Work that is repeated at the task's interval. */
  @FunctionalInterface
  public interface Steady {
    void run() throws Exception;
  }

  private final String name;
  private final Duration interval;
  private final Work work;
  private final Thread thread;

  private volatile boolean closed;

  // Written by the task's thread.
  private volatile int failures;
  private volatile @Nullable String problem;

  private PeriodicTask(String name, String threadName, Duration interval, Work work) {
    this.name = name;
    this.interval = interval;
    this.work = work;
    thread = new Thread(this::loop, threadName);
    thread.setDaemon(true);
  }

  /**
   * Starts a task; it runs first after an interval.
   *
   * @param name in plain words, for logs and health, such as "renewing leases"
   * @param interval between the end of one run and the next, also after a failure
   */
  public static PeriodicTask every(Duration interval, String name, String threadName, Steady work) {
    return adaptive(
        interval,
        name,
        threadName,
        () -> {
          work.run();
          return interval;
        });
  }

  /**
   * Starts a task that chooses its intervals.
   *
   * @param interval before the first run and after one that failed
   */
  public static PeriodicTask adaptive(
      Duration interval, String name, String threadName, Work work) {
    PeriodicTask task = new PeriodicTask(name, threadName, interval, work);
    task.thread.start();
    return task;
  }

  private void loop() {
    long wait = interval.toNanos();
    while (!closed) {
      sleep(wait);
      if (!closed) {
        wait = runOnce();
      }
    }
  }

  private long runOnce() {
    try {
      long next = work.run().toNanos();
      succeeded();
      return next;
    } catch (Throwable thrown) {
      failed(thrown);
      return interval.toNanos();
    }
  }

  private void succeeded() {
    if (failures >= KEEPS_FAILING) {
      LOG.info("{}: works again after {} failures", name, failures);
    }
    failures = 0;
    problem = null;
  }

  private void failed(Throwable thrown) {
    if (closed) {
      return;
    }
    int inARow = failures + 1;
    failures = inARow;
    problem = thrown.getClass().getName();
    // The first and then ever rarer ones: a task that runs ten times a second must not flood.
    if (Integer.bitCount(inARow) == 1) {
      try {
        LOG.atError()
            .addKeyValue("task", name)
            .addKeyValue("failures", inARow)
            .setCause(ForeignCode.readable(thrown))
            .log("{} failed with {}; it is tried again", name, problem);
      } catch (Throwable beyondHelp) {
        // Not even this could be logged: the next run may do better.
      }
    }
  }

  private void sleep(long nanos) {
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (!closed && left > 0) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted() && closed) {
        return;
      }
      left = end - System.nanoTime();
    }
  }

  /** What it is when it has failed several times in a row; empty when all is well. */
  public Optional<FailingTask> failing() {
    String last = problem;
    return failures >= KEEPS_FAILING && last != null
        ? Optional.of(new FailingTask(name, failures, last))
        : Optional.empty();
  }

  /** Interrupts what runs and ends the repetition; does not wait for it. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    LockSupport.unpark(thread);
  }

  /**
   * Waits until what ran when it was closed has ended.
   *
   * @return false when the time was over first
   */
  public boolean awaitEnd(Duration limit) {
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
