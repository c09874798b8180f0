package dev.webhookworker.health;

import dev.webhookworker.retry.Redaction;
import dev.webhookworker.spi.HealthIndicator;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
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

  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final Duration KEPT = Duration.ofSeconds(1);

  private final HealthIndicator check;
  private final Executor executor;

  // Guarded by this.
  private @Nullable CompletableFuture<ComponentHealth> running;
  private long runningSinceNanos;
  private @Nullable ComponentHealth last;
  private long lastNanos;

  BoundedCheck(HealthIndicator check, Executor executor) {
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
      runningSinceNanos = System.nanoTime();
      running = CompletableFuture.supplyAsync(this::timed, executor);
    }
  }

  /** Kept when it comes, not when it is asked for: what hung for long must not pass for fresh. */
  private ComponentHealth timed() {
    long start = System.nanoTime();
    ComponentHealth result;
    try {
      result = Objects.requireNonNull(check.check(), "the indicator returned null");
    } catch (Throwable broken) {
      result = ComponentHealth.unhealthy(Redaction.messageOf(broken), Map.of());
    }
    ComponentHealth timed = result.took(Duration.ofNanos(System.nanoTime() - start));
    keep(timed);
    return timed;
  }

  private synchronized void keep(ComponentHealth result) {
    running = null;
    last = result;
    lastNanos = System.nanoTime();
  }

  /** The result, waited for until the check's limit: one that hangs already is not waited for. */
  ComponentHealth result() {
    CompletableFuture<ComponentHealth> awaited;
    long left;
    synchronized (this) {
      if (running == null && last != null) {
        return last;
      }
      awaited = running;
      left = LIMIT.toNanos() - (System.nanoTime() - runningSinceNanos);
    }
    if (awaited == null) {
      return hangs();
    }
    try {
      return awaited.get(Math.max(1, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException hanging) {
      return hangs();
    } catch (ExecutionException broken) {
      return ComponentHealth.unhealthy(Redaction.messageOf(broken), Map.of());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return hangs();
    }
  }

  private static ComponentHealth hangs() {
    return ComponentHealth.unhealthy(
            "no answer within " + LIMIT.toMillis() + " ms; it may hang", Map.of())
        .took(LIMIT);
  }
}
