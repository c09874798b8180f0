package dev.webhookworker.health;

/** Looks at one component; may block, the caller bounds its time. */
public interface HealthCheck {

  /** The component's name in the report. */
  String name();

  /**
   * @throws Exception when the component can't be asked: it is unhealthy
   */
  ComponentHealth check() throws Exception;
}
