package dev.webhookworker.pipeline;

import dev.webhookworker.port.Delivery;
import dev.webhookworker.spi.Tracing.RunTrace;
import java.time.Instant;

/**
 * What the pipeline may ask of the run that it is called in. Implemented by the dispatcher's held
 * event.
 */
public interface Run {

  Delivery delivery();

  /** When the thread will be interrupted; moved by {@link #limit}. */
  Instant deadline();

  /** Sets the time limit of the handlers, counted from now. */
  void limit(java.time.Duration timeout);

  /** Where its trace goes on after the pipeline. */
  default void trace(RunTrace trace) {}

  /** Whether the run no longer counts. */
  boolean cancelled();
}
