package dev.webhookworker.pipeline;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.spi.Tracing.RunTrace;
import java.time.Duration;
import java.time.Instant;

/**
 * What the pipeline may ask of the run that it is called in. Implemented by the dispatcher's held
 * event.
 */
public interface Run {

  Delivery delivery();

  /** When the thread will be interrupted; moved by {@link #limit}. */
  Instant deadline();

  /**
   * Sets the time limit of the handlers, counted from now.
   *
   * @param policy by which the event is tried again when they ignore the interrupt
   */
  void limit(Duration timeout, RetryPolicy policy);

  /** Where its trace goes on after the pipeline. */
  default void trace(RunTrace trace) {}

  /** Whether the run no longer counts. */
  boolean cancelled();
}
