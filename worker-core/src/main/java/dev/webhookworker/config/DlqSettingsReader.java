package dev.webhookworker.config;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.DlqSettings;
import java.time.Duration;
import java.util.List;

/** Reads the variables WORKER_DLQ_…. */
final class DlqSettingsReader {

  private Duration drainInterval = DlqSettings.DEFAULTS.drainInterval();
  private Duration lease = DlqSettings.DEFAULTS.lease();
  private Duration retryInterval = DlqSettings.DEFAULTS.retryInterval();
  private Duration minAge = DlqSettings.DEFAULTS.minAge();
  private double spacing = DlqSettings.DEFAULTS.spacing();
  private int maxRetries = DlqSettings.DEFAULTS.maxRetries();
  private int batchSize = DlqSettings.DEFAULTS.batchSize();
  private int warnAfter = DlqSettings.DEFAULTS.warnAfter();

  private DlqSettingsReader() {}

  static DlqSettings read(Environment environment, List<String> problems) {
    DlqSettingsReader reader = new DlqSettingsReader();
    reader.readFrom(environment);
    try {
      return reader.settings();
    } catch (ConfigurationException wrong) {
      problems.addAll(wrong.problems());
      return DlqSettings.DEFAULTS;
    }
  }

  private void readFrom(Environment environment) {
    environment.read(
        "WORKER_DLQ_DRAIN_INTERVAL", Environment::duration, value -> drainInterval = value);
    environment.read("WORKER_DLQ_LEASE", Environment::duration, value -> lease = value);
    environment.read(
        "WORKER_DLQ_RETRY_INTERVAL", Environment::duration, value -> retryInterval = value);
    environment.read("WORKER_DLQ_MIN_AGE", Environment::duration, value -> minAge = value);
    environment.read("WORKER_DLQ_SPACING", Environment::decimal, value -> spacing = value);
    environment.read("WORKER_DLQ_MAX_RETRIES", Environment::integer, value -> maxRetries = value);
    environment.read("WORKER_DLQ_BATCH_SIZE", Environment::integer, value -> batchSize = value);
    environment.read("WORKER_DLQ_WARN_AFTER", Environment::integer, value -> warnAfter = value);
  }

  private DlqSettings settings() {
    return new DlqSettings(
        drainInterval, lease, retryInterval, minAge, spacing, maxRetries, batchSize, warnAfter);
  }
}
