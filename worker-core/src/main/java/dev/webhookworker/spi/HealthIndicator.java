package dev.webhookworker.spi;

import dev.webhookworker.health.ComponentHealth;

/**
 * Says how one component is: a check of the host's own beside those of the worker, shown at {@code
 * /health} under its name. Given to {@code WorkerBuilder.healthIndicator} or found by {@link
 * java.util.ServiceLoader}.
 *
 * <p>It is called by one thread at a time, at most once a second, and may block: what takes longer
 * than 700 ms is reported as unhealthy, and is not called again before it has come back.
 */
public interface HealthIndicator {

  /**
   * The component's name in the report: 1 to 100 characters, its own among all components. {@code
   * database}, {@code redis}, {@code queue} and {@code worker} are the worker's.
   */
  String name();

  /**
   * How it is now. Messages and details are shown to whoever may call the endpoint: no secrets.
   *
   * @throws Exception when the component can't be asked: it is unhealthy, with the exception's
   *     message, credentials removed
   */
  ComponentHealth check() throws Exception;

  /**
   * Whether {@code /health/ready} depends on it as well: while it is unhealthy, an orchestrator
   * takes the process out of service. False by default.
   */
  default boolean decidesReadiness() {
    return false;
  }
}
