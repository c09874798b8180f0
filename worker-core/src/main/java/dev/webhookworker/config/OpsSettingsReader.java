package dev.webhookworker.config;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.OpsSettings;
import dev.webhookworker.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads WORKER_ADMIN_TOKEN, WORKER_VIEWER_TOKEN and WORKER_ADMIN_SESSION. */
final class OpsSettingsReader {

  private OpsSettingsReader() {}

  static OpsSettings read(Environment environment, List<String> problems) {
    @Nullable Secret operator = environment.secret("WORKER_ADMIN_TOKEN").orElse(null);
    @Nullable Secret viewer = environment.secret("WORKER_VIEWER_TOKEN").orElse(null);
    Duration[] lifetime = {OpsSettings.OFF.sessionLifetime()};
    environment.read("WORKER_ADMIN_SESSION", Environment::duration, value -> lifetime[0] = value);
    try {
      return new OpsSettings(operator, viewer, lifetime[0]);
    } catch (ConfigurationException wrong) {
      problems.addAll(wrong.problems());
      return OpsSettings.OFF;
    }
  }
}
