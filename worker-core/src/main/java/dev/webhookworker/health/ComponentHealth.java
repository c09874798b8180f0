package dev.webhookworker.health;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one component is.
 *
 * @param message one sentence; never a secret
 * @param latency how long the check took
 * @param details figures behind it, in order
 */
public record ComponentHealth(
    HealthStatus status, String message, Duration latency, Map<String, Object> details) {

  public ComponentHealth {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  public static ComponentHealth healthy(String message, Map<String, Object> details) {
    return new ComponentHealth(HealthStatus.HEALTHY, message, Duration.ZERO, details);
  }

  public static ComponentHealth degraded(String message, Map<String, Object> details) {
    return new ComponentHealth(HealthStatus.DEGRADED, message, Duration.ZERO, details);
  }

  public static ComponentHealth unhealthy(String message, Map<String, Object> details) {
    return new ComponentHealth(HealthStatus.UNHEALTHY, message, Duration.ZERO, details);
  }

  ComponentHealth took(Duration time) {
    return new ComponentHealth(status, message, time, details);
  }
}
