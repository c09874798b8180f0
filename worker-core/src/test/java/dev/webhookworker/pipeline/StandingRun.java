package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.port.Delivery;
import java.time.Duration;
import java.time.Instant;

/** A run whose time does not pass. */
record StandingRun(Delivery delivery) implements Run {

  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public void limit(Duration timeout, RetryPolicy policy) {}

  @Override
  public Duration timeLeft() {
    return Duration.ofMinutes(1);
  }

  @Override
  public boolean cancelled() {
    return false;
  }
}
