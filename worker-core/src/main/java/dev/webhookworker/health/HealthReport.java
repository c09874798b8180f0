package dev.webhookworker.health;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How the worker is, with every component, at one time. */
public record HealthReport(
    HealthStatus status, Instant timestamp, Map<String, ComponentHealth> components) {

  public HealthReport {
    components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }

  static HealthReport of(Instant timestamp, Map<String, ComponentHealth> components) {
    HealthStatus status = HealthStatus.HEALTHY;
    for (ComponentHealth component : components.values()) {
      status = status.worse(component.status());
    }
    return new HealthReport(status, timestamp, components);
  }

  /** The report with some of the components only. */
  HealthReport only(Set<String> names) {
    Map<String, ComponentHealth> some = new LinkedHashMap<>(components);
    some.keySet().retainAll(names);
    return of(timestamp, some);
  }

  /** Names of the components that have this status. */
  public List<String> componentsThatAre(HealthStatus wanted) {
    return components.entrySet().stream()
        .filter(component -> component.getValue().status() == wanted)
        .map(Map.Entry::getKey)
        .toList();
  }
}
