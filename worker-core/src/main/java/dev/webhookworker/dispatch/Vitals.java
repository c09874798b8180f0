package dev.webhookworker.dispatch;

import dev.webhookworker.spi.WorkerListener;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs of life of the worker's parts, for health. Thread-safe. */
public final class Vitals {

  private static final Logger LOG = LoggerFactory.getLogger(Vitals.class);

  /** So many failures in a row are more than bad luck. */
  private static final int KEEPS_FAILING = 5;

  private static final long STRAYS_TOLD_NANOS = 300_000_000_000L;

  private final WorkerListener listener;
  private final AtomicInteger stuckHandlers = new AtomicInteger();
  private volatile long lastTurnNanos = System.nanoTime();
  private volatile boolean consuming;
  private volatile boolean hasConsumed;
  private volatile boolean interruptingForShutdown;

  // Each written by the threads that it names; what the last turn or round failed with.
  private final AtomicInteger fetchFailures = new AtomicInteger();
  private final AtomicInteger settlerFailures = new AtomicInteger();
  private volatile @Nullable String problem;

  private final AtomicInteger strays = new AtomicInteger();
  private volatile long strayedAtNanos;

  Vitals(WorkerListener listener) {
    this.listener = listener;
  }

  /** Called by the fetch loop at each turn. */
  void turned(boolean consumes) {
    lastTurnNanos = System.nanoTime();
    consuming = consumes;
    hasConsumed |= consumes;
  }

  /** Whether the stream has been open since the start. */
  boolean hasTurned() {
    return hasConsumed;
  }

  void handlerStuck(HeldEvent held, String eventType) {
    stuckHandlers.incrementAndGet();
    LOG.atError()
        .addKeyValue("entry_id", held.delivery().entryId())
        .addKeyValue("event_type", eventType)
        .addKeyValue("limit", held.timeLimit())
        .log(
            "The handler of {} (entry {}) has run beyond its limit of {} and ignores its interrupt;"
                + " it still occupies its thread, and its event is retried. Make it end when it is"
                + " interrupted, or give its I/O a time limit",
            eventType,
            held.delivery().entryId(),
            held.timeLimit());
    listener.handlerStuck(eventType);
  }

  void handlerCameBack(HeldEvent held) {
    stuckHandlers.decrementAndGet();
    LOG.atWarn()
        .addKeyValue("entry_id", held.delivery().entryId())
        .log(
            "The stuck handler of entry {} came back; its outcome is discarded",
            held.delivery().entryId());
    listener.handlerUnstuck("");
  }

  void fetchLoopFailed(Throwable bug) {
    problem = bug.getClass().getName();
    fetchFailures.incrementAndGet();
    turned(false);
  }

  void fetchLoopWell() {
    fetchFailures.set(0);
  }

  void settlerFailed(Throwable bug) {
    problem = bug.getClass().getName();
    settlerFailures.incrementAndGet();
  }

  void settlerWell() {
    if (settlerFailures.get() > 0) {
      settlerFailures.set(0);
    }
  }

  /** An event had to be let go, which only a bug or a broken platform brings about. */
  void strayed() {
    strayedAtNanos = System.nanoTime();
    strays.incrementAndGet();
  }

  void interruptForShutdown() {
    interruptingForShutdown = true;
  }

  boolean interruptingForShutdown() {
    return interruptingForShutdown;
  }

  /** Handlers that ignored their interrupt and still occupy a thread. */
  public int stuckHandlers() {
    return stuckHandlers.get();
  }

  /** Time since the fetch loop turned last, in nanoseconds. */
  public long nanosSinceTurn() {
    return System.nanoTime() - lastTurnNanos;
  }

  /** Whether the fetch loop takes events in: connected and not paused. */
  public boolean consuming() {
    return consuming;
  }

  /**
   * What the fetch loop or the settler fails with again and again; empty when all is well. One
   * failure says nothing: the loop goes on.
   */
  public Optional<String> keepsFailing() {
    String last = problem;
    if (last == null) {
      return Optional.empty();
    }
    if (fetchFailures.get() >= KEEPS_FAILING) {
      return Optional.of("taking events in keeps failing with " + last);
    }
    return settlerFailures.get() >= KEEPS_FAILING
        ? Optional.of("settling outcomes keeps failing with " + last)
        : Optional.empty();
  }

  /** Events that had to be let go since the start. */
  public int strays() {
    return strays.get();
  }

  /** Whether an event had to be let go lately. */
  public boolean strayedLately() {
    return strays.get() > 0 && System.nanoTime() - strayedAtNanos < STRAYS_TOLD_NANOS;
  }
}
