package dev.webhookworker.health;

import dev.webhookworker.spi.HealthIndicator;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs all checks at once, each bounded in time. Thread-safe. */
public final class HealthChecks implements AutoCloseable {

  private final List<BoundedCheck> checks;
  private final Clock clock;
  private final ExecutorService threads;

  public HealthChecks(List<HealthIndicator> checks, Clock clock) {
    this.clock = clock;
    // A thread a check: one that hangs keeps no other from its own.
    threads =
        Executors.newFixedThreadPool(
            Math.max(1, checks.size()),
            task -> {
              Thread thread = new Thread(task, "worker-health-check");
              thread.setDaemon(true);
              return thread;
            });
    this.checks = checks.stream().map(check -> new BoundedCheck(check, threads)).toList();
  }

  public HealthReport report() {
    checks.forEach(BoundedCheck::begin);
    Map<String, ComponentHealth> components = new LinkedHashMap<>();
    checks.forEach(check -> components.put(check.name(), check.result()));
    return HealthReport.of(clock.instant(), components);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
