package dev.webhookworker.config;

import dev.webhookworker.ForwardSettings;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.forward.AddressGuard;
import java.util.Arrays;
import java.util.List;

/** Reads how events are forwarded. */
final class ForwardSettingsReader {

  private ForwardSettingsReader() {}

  static void read(Environment environment, WorkerConfig.Builder config) {
    ForwardSettings[] settings = {ForwardSettings.DEFAULTS};
    environment.read(
        "WORKER_FORWARD_ALLOW",
        ForwardSettingsReader::allowed,
        v -> settings[0] = settings[0].withAllow(v));
    environment.read(
        "WORKER_FORWARD_TIMEOUT",
        Environment::duration,
        v -> settings[0] = settings[0].withTimeout(v));
    environment.read(
        "WORKER_FORWARD_CIRCUIT_DELAY",
        Environment::duration,
        v -> settings[0] = settings[0].withCircuitDelay(v));
    environment.read(
        "WORKER_FORWARD_DISABLE_AFTER",
        Environment::duration,
        v -> settings[0] = settings[0].withDisableAfter(v));
    config.forwarding(settings[0]);
  }

  private static List<String> allowed(String text) {
    List<String> entries =
        Arrays.stream(text.split(",", -1))
            .map(String::trim)
            .filter(entry -> !entry.isEmpty())
            .toList();
    entries.forEach(AddressGuard::checkAllowed);
    return entries;
  }
}
