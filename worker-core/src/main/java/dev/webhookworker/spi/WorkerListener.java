package dev.webhookworker.spi;

import dev.webhookworker.WebhookEvent;
import java.time.Duration;

/**
 * Is told facts after they happened; metrics are made of this. Calls come from the worker's own
 * threads: return quickly and don't throw (an exception is logged once and otherwise ignored).
 */
public interface WorkerListener {

  /** Does nothing. */
  WorkerListener NOOP = new WorkerListener() {};

  /** An entry was taken from the stream or the retry schedule. */
  default void received(String eventType, boolean retry) {}

  /** An event was processed, stored and acknowledged. */
  default void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {}

  /**
   * An event was stored and acknowledged without being processed, because a newer version of its
   * resource had been ({@code order_guard}).
   */
  default void stale(String eventType, String toolId) {}

  /** A duplicate of a finished event was acknowledged. */
  default void duplicate(String eventType) {}

  /** A run failed and the next one is scheduled. */
  default void retryScheduled(String eventType, int attempt, Duration delay, Throwable cause) {}

  /** An event was put off without using up an attempt. */
  default void snoozed(String eventType, Duration delay) {}

  /** An event became an open dead letter. */
  default void deadLettered(String eventType, String reason) {}

  /** A dead letter was put back into the retry schedule. */
  default void deadLetterRetried(String eventType) {}

  /** Dead letters were written to the table. */
  default void deadLettersDrained(int count) {}

  /** Entries were taken over from a consumer that abandoned them. */
  default void reclaimed(int entries) {}

  /** Pending entries had been trimmed by somebody else and are gone. */
  default void vanished(int entries) {}

  /** A lease was lost to another worker; the run's outcome is discarded. */
  default void leaseLost(String eventType) {}

  /** A handler ignored the interrupt after its time limit and still occupies its thread. */
  default void handlerStuck(String eventType) {}

  /** A stuck handler came back after all. */
  default void handlerUnstuck(String eventType) {}

  /** An ingest endpoint of this worker has answered a request. */
  default void requestAnswered(int status) {}

  /** An event was put off because its tool is at a limit or its circuit is open. */
  default void heldBack(String toolId) {}

  /**
   * The circuit breaker of a tool changed.
   *
   * @param state {@code closed}, {@code open} or {@code half_open}
   */
  default void circuitChanged(String toolId, String state) {}

  /**
   * A request to a destination has ended.
   *
   * @param result the class of the answer ({@code 2xx} to {@code 5xx}), {@code timeout}, {@code
   *     unreachable}, {@code forbidden} (an address that is not to be reached) or {@code abandoned}
   */
  default void destinationAnswered(String toolId, String destination, String result) {}

  /**
   * The circuit breaker of a destination changed.
   *
   * @param state {@code closed}, {@code open} or {@code half_open}
   */
  default void destinationCircuitChanged(String toolId, String destination, String state) {}

  /** A destination was disabled, because it had failed for so long; until somebody enables it. */
  default void destinationDisabled(String toolId, String destination) {}

  /** A batch of outcomes was settled. */
  default void settled(int outcomes, Duration time) {}
}
