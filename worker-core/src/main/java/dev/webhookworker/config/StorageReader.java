package dev.webhookworker.config;

import dev.webhookworker.StorageSettings;
import dev.webhookworker.WorkerConfig;

/** Reads how long the store keeps what. */
final class StorageReader {

  private StorageReader() {}

  static void read(Environment environment, WorkerConfig.Builder config) {
    StorageSettings[] storage = {StorageSettings.DEFAULTS};
    environment.read(
        "WORKER_EVENTS_RETENTION",
        Environment::duration,
        v -> storage[0] = storage[0].withRetention(v, storage[0].auditRetention()));
    environment.read(
        "WORKER_AUDIT_RETENTION",
        Environment::duration,
        v -> storage[0] = storage[0].withRetention(storage[0].eventsRetention(), v));
    environment.read(
        "WORKER_AUDIT_SEAL_DELAY",
        Environment::duration,
        v -> storage[0] = storage[0].withAuditSealDelay(v));
    environment.read(
        "WORKER_JANITOR_INTERVAL",
        Environment::duration,
        v -> storage[0] = storage[0].withJanitorInterval(v));
    config.storage(storage[0]);
  }
}
