package dev.webhookworker.health;

import java.util.Locale;

/** How a component is, the better first. */
public enum HealthStatus {
  HEALTHY,
  /** Works, but somebody should look. */
  DEGRADED,
  /** Does not work. */
  UNHEALTHY;

  /** The name in the JSON of the endpoints. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  HealthStatus worse(HealthStatus other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
