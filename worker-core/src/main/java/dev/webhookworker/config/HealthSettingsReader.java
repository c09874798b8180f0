package dev.webhookworker.config;

import dev.webhookworker.HealthSettings;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Reads the variables WORKER_HEALTH_…. */
final class HealthSettingsReader {

  private HealthSettings settings = HealthSettings.DEFAULTS;

  private HealthSettingsReader() {}

  static HealthSettings read(Environment environment) {
    HealthSettingsReader reader = new HealthSettingsReader();
    reader.readFrom(environment);
    return reader.settings;
  }

  private void readFrom(Environment environment) {
    environment.read(
        "WORKER_HEALTH_OLDEST_WAITING",
        Environment::duration,
        value -> change(now -> now.withOldestWaiting(value)));
    environment.read(
        "WORKER_HEALTH_DLQ_GROWTH",
        Environment::integer,
        value -> change(now -> now.withDeadLetterGrowth(value)));
    environment.read(
        "WORKER_HEALTH_ERROR_RATE",
        Environment::decimal,
        value -> change(now -> now.withErrorRate(value, now.leastRuns())));
    environment.read(
        "WORKER_HEALTH_LEAST_RUNS",
        Environment::integer,
        value -> change(now -> now.withErrorRate(now.errorRate(), value)));
    environment.read(
        "WORKER_HEALTH_WINDOW",
        Environment::duration,
        value -> change(now -> now.withWindow(value)));
    environment.read(
        "WORKER_HEALTH_STUCK",
        Environment::integer,
        value -> change(now -> now.withStuckHandlers(value)));
    environment.read(
        "WORKER_HEALTH_PAUSED",
        HealthSettingsReader::paused,
        value -> change(now -> now.withPaused(value)));
  }

  private void change(UnaryOperator<HealthSettings> with) {
    settings = with.apply(settings);
  }

  private static HealthSettings.Paused paused(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "degraded" -> HealthSettings.Paused.DEGRADED;
      case "unhealthy" -> HealthSettings.Paused.UNHEALTHY;
      default -> throw new IllegalArgumentException("expected degraded or unhealthy");
    };
  }
}
