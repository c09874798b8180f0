package dev.webhookworker.spi;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WebhookEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The user's work on an event. Called from several threads at once.
 *
 * <p><b>Which run:</b> every processor that {@link #supports} an event runs, one after the other,
 * by {@link #order()}; among equals those given to the builder come first, in the order given, then
 * those of {@code META-INF/services} by class name. An event that none supports is handled by
 * {@code GenericProcessor} in its tool's mode.
 *
 * <p><b>How often:</b> at least once per event; a crash between the effect and its acknowledgement
 * repeats it. When one processor fails, those behind it wait; the retry begins with the one that
 * failed.
 *
 * <p><b>How it ends:</b> returning normally means done. An exception is classified: see {@link
 * ErrorClassifier}. When the handler takes longer than its timeout, or the worker lost the event to
 * another one, the thread is interrupted; what it does after that no longer counts.
 */
public interface EventProcessor {

  /**
   * Patterns of event types: exact ({@code push}), a family ({@code issues.*}: {@code issues}
   * itself and all that begin with {@code issues.}) or all ({@code *}, the default).
   */
  default Set<String> eventTypes() {
    return Set.of("*");
  }

  /** Whether this processor takes the event; by default whether a pattern matches its type. */
  default boolean supports(WebhookEvent event) {
    return EventTypes.matchesAny(eventTypes(), event.eventType());
  }

  /** Lower runs first; 0 by default. */
  default int order() {
    return 0;
  }

  /** A stable name, unique among the processors; the class name by default. */
  default String name() {
    return getClass().getName();
  }

  /** A retry policy of its own; the worker's by default. */
  default Optional<RetryPolicy> retryPolicy() {
    return Optional.empty();
  }

  /** A time limit of its own; the worker's by default. */
  default Optional<Duration> timeout() {
    return Optional.empty();
  }

  /**
   * Does the work.
   *
   * @throws Exception when the event has not been processed
   */
  void process(WebhookEvent event, ProcessingContext context) throws Exception;
}
