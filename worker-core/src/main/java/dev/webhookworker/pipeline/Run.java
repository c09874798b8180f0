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

  /** Time until then, by a clock that no step of the calendar's moves; negative after it. */
  Duration timeLeft();

  /**
   * Sets the time limit of the run, counted from its beginning.
   *
   * @param policy by which the event is tried again when they ignore the interrupt
   */
  void limit(Duration timeout, RetryPolicy policy);

  /** Where its trace goes on after the pipeline. */
  default void trace(RunTrace trace) {}

  /** Whether the run no longer counts. */
  boolean cancelled();

  /**
   * Asked once, before the run commits something that can't be taken back: whether it still counts.
   * After a yes nobody gives the run up, interrupts it or takes its outcome for lost.
   */
  default boolean commits() {
    return !cancelled();
  }

  /**
   * What the run lets go of as soon as it no longer counts (given up, or lost to another worker),
   * because its thread may go on for as long as it likes; at once when that is so already. The step
   * must not block.
   */
  default void whenItNoLongerCounts(Runnable step) {}
}
