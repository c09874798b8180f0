package dev.webhookworker;

import java.time.Duration;

/**
 * How long the store keeps what.
 *
 * @param eventsRetention processed events, in whole days; 30 by default (WORKER_EVENTS_RETENTION)
 * @param auditRetention the audit log, in whole days; 90 by default (WORKER_AUDIT_RETENTION)
 * @param auditSealDelay how long an audit row exists at least before it is sealed; 1 min by default
 *     (WORKER_AUDIT_SEAL_DELAY). It is sealed at the second round of housekeeping after that
 * @param janitorInterval time between two rounds of housekeeping; 1 min by default
 *     (WORKER_JANITOR_INTERVAL)
 */
public record StorageSettings(
    Duration eventsRetention,
    Duration auditRetention,
    Duration auditSealDelay,
    Duration janitorInterval) {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  public static final StorageSettings DEFAULTS =
      new StorageSettings(
          Duration.ofDays(30), Duration.ofDays(90), Duration.ofMinutes(1), Duration.ofMinutes(1));

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  public StorageSettings {
    java.util.List<String> problems = new java.util.ArrayList<>();
    days(problems, "eventsRetention (WORKER_EVENTS_RETENTION)", eventsRetention);
    days(problems, "auditRetention (WORKER_AUDIT_RETENTION)", auditRetention);
    if (auditSealDelay.isNegative()) {
      problems.add("auditSealDelay (WORKER_AUDIT_SEAL_DELAY) must not be negative");
    }
    if (janitorInterval.compareTo(Duration.ofMillis(100)) < 0) {
      problems.add("janitorInterval (WORKER_JANITOR_INTERVAL) must be at least 100ms");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static void days(java.util.List<String> problems, String setting, Duration value) {
    if (value.toDays() < 1 || value.compareTo(LONGEST) > 0) {
      problems.add(setting + " must be from 1 day (24h) to 36,500 days");
    }
  }

  public StorageSettings withRetention(Duration events, Duration audit) {
    return new StorageSettings(events, audit, auditSealDelay, janitorInterval);
  }

  public StorageSettings withAuditSealDelay(Duration delay) {
    return new StorageSettings(eventsRetention, auditRetention, delay, janitorInterval);
  }

  public StorageSettings withJanitorInterval(Duration interval) {
    return new StorageSettings(eventsRetention, auditRetention, auditSealDelay, interval);
  }
}
