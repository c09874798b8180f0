package dev.webhookworker.health;

import dev.webhookworker.retry.Redaction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A check that answers in bounded time and is not repeated more often than its result is kept. A
 * check that hangs is not started again before it has come back, so that threads don't pile up.
 */
final class BoundedCheck {

  private static final Duration LIMIT = Duration.ofMillis(700);
  private static final Duration KEPT = Duration.ofSeconds(1);

  private final HealthCheck check;
  private final Executor executor;

  // Guarded by this.
  private @Nullable CompletableFuture<ComponentHealth> running;
  private @Nullable ComponentHealth last;
  private long lastNanos;

  BoundedCheck(HealthCheck check, Executor executor) {
    this.check = check;
    this.executor = executor;
  }

  String name() {
    return check.name();
  }

  /** Begins the check if its last result is too old. */
  synchronized void begin() {
    boolean fresh = last != null && System.nanoTime() - lastNanos < KEPT.toNanos();
    if (!fresh && running == null) {
      running = CompletableFuture.supplyAsync(this::timed, executor);
    }
  }

  /** The result, waited for until the limit after the given start. */
  ComponentHealth result(long startNanos) {
    CompletableFuture<ComponentHealth> awaited;
    synchronized (this) {
      if (running == null && last != null) {
        return last;
      }
      awaited = running;
    }
    if (awaited == null) {
      return hangs();
    }
    try {
      long left = LIMIT.toNanos() - (System.nanoTime() - startNanos);
      return keep(awaited.get(Math.max(1, left), TimeUnit.NANOSECONDS));
    } catch (TimeoutException hanging) {
      return hangs();
    } catch (ExecutionException broken) {
      return keep(failed(broken.getCause() == null ? broken : broken.getCause()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return hangs();
    }
  }

  private synchronized ComponentHealth keep(ComponentHealth result) {
    running = null;
    last = result;
    lastNanos = System.nanoTime();
    return result;
  }

  private ComponentHealth timed() {
    long start = System.nanoTime();
    try {
      return check.check().took(Duration.ofNanos(System.nanoTime() - start));
    } catch (Exception broken) {
      return failed(broken).took(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static ComponentHealth failed(Throwable broken) {
    return ComponentHealth.unhealthy(Redaction.messageOf(broken), Map.of());
  }

  private static ComponentHealth hangs() {
    return ComponentHealth.unhealthy(
            "no answer within " + LIMIT.toMillis() + " ms; it may hang", Map.of())
        .took(LIMIT);
  }
}
