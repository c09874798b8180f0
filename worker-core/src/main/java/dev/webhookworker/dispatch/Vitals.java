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

  private final WorkerListener listener;
  private final AtomicInteger stuckHandlers = new AtomicInteger();
  private volatile long lastTurnNanos = System.nanoTime();
  private volatile boolean consuming;
  private volatile boolean interruptingForShutdown;
  private volatile @Nullable String platformError;

  Vitals(WorkerListener listener) {
    this.listener = listener;
  }

  /** Called by the fetch loop at each turn. */
  void turned(boolean consumes) {
    lastTurnNanos = System.nanoTime();
    consuming = consumes;
  }

  void handlerStuck(HeldEvent held, String eventType) {
    stuckHandlers.incrementAndGet();
    LOG.atError()
        .addKeyValue("entry_id", held.delivery().entryId())
        .addKeyValue("event_type", eventType)
        .addKeyValue("limit", held.timeLimit())
        .log(
            "A handler ignores its interrupt and still occupies its thread; its event is retried."
                + " Make it end when it is interrupted, or give its I/O a time limit");
    listener.handlerStuck(eventType);
  }

  void handlerCameBack(HeldEvent held) {
    stuckHandlers.decrementAndGet();
    LOG.atWarn()
        .addKeyValue("entry_id", held.delivery().entryId())
        .log("A stuck handler came back; its outcome is discarded");
    listener.handlerUnstuck("");
  }

  void broken(Throwable error) {
    platformError = error.getClass().getName();
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

  /** The class of an {@link Error} that a run ended with; empty when there was none. */
  public Optional<String> platformError() {
    return Optional.ofNullable(platformError);
  }
}
