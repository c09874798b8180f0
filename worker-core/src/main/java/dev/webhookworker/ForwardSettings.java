package dev.webhookworker;

import dev.webhookworker.forward.AddressGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How events are forwarded.
 *
 * @param allow what may be reached although it is not public: blocks of addresses ({@code
 *     10.1.0.0/16}), hosts ({@code crm.internal}) or all hosts of a domain ({@code *.internal});
 *     nothing by default (WORKER_FORWARD_ALLOW)
 * @param timeout how long a destination may take to answer where it has no timeout of its own; 10 s
 *     by default, at most 5 min (WORKER_FORWARD_TIMEOUT)
 * @param circuitDelay how long a destination that keeps failing is left alone before one event
 *     tries it again; 10 s by default (WORKER_FORWARD_CIRCUIT_DELAY)
 * @param disableAfter how long a destination may fail, without a success and at least once a day,
 *     before it is disabled; 5 days by default, zero for never (WORKER_FORWARD_DISABLE_AFTER)
 */
public record ForwardSettings(
    List<String> allow, Duration timeout, Duration circuitDelay, Duration disableAfter) {

  /** The longest timeout of a destination. */
  public static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);

  public static final ForwardSettings DEFAULTS =
      new ForwardSettings(
          List.of(), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofDays(5));

  /**
   * @throws ConfigurationException naming everything that is wrong
   */
  public ForwardSettings {
    allow = List.copyOf(allow);
    List<String> problems = new ArrayList<>();
    for (String entry : allow) {
      try {
        AddressGuard.checkAllowed(entry);
      } catch (IllegalArgumentException wrong) {
        problems.add("allow (WORKER_FORWARD_ALLOW): " + wrong.getMessage());
      }
    }
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      problems.add("timeout (WORKER_FORWARD_TIMEOUT) must be from 1ms to 5m");
    }
    if (circuitDelay.toMillis() < 1 || circuitDelay.compareTo(Duration.ofHours(1)) > 0) {
      problems.add("circuitDelay (WORKER_FORWARD_CIRCUIT_DELAY) must be from 1ms to 1h");
    }
    if (disableAfter.isNegative()) {
      problems.add("disableAfter (WORKER_FORWARD_DISABLE_AFTER) must not be negative");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  public ForwardSettings withAllow(List<String> entries) {
    return new ForwardSettings(entries, timeout, circuitDelay, disableAfter);
  }

  public ForwardSettings withTimeout(Duration limit) {
    return new ForwardSettings(allow, limit, circuitDelay, disableAfter);
  }

  public ForwardSettings withCircuitDelay(Duration delay) {
    return new ForwardSettings(allow, timeout, delay, disableAfter);
  }

  public ForwardSettings withDisableAfter(Duration failing) {
    return new ForwardSettings(allow, timeout, circuitDelay, failing);
  }
}
