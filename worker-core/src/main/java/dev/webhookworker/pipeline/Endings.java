package dev.webhookworker.pipeline;

import dev.webhookworker.limit.Ending;

/** What an outcome says about its tool, for the tool's circuit breaker. */
final class Endings {

  private Endings() {}

  static Ending of(Outcome outcome) {
    if (outcome instanceof Outcome.Retry) {
      return Ending.FAILURE;
    }
    if (outcome instanceof Outcome.Dead dead) {
      return dead.reason() == DeadReason.RETRIES_EXHAUSTED ? Ending.FAILURE : Ending.SUCCESS;
    }
    return outcome instanceof Outcome.Processed ? Ending.SUCCESS : Ending.UNKNOWN;
  }
}
