package dev.webhookworker.spi;

import dev.webhookworker.Envelope;
import dev.webhookworker.WebhookEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What a processor may know and ask for during one run. For the run's own thread. */
public interface ProcessingContext {

  /** The event that is processed. */
  WebhookEvent event();

  /** The number of this attempt, from 1. */
  int attempt();

  /** Ties together what belongs to one cause; never empty. */
  String correlationId();

  /** The event's tool; the default tool when it names none. */
  ToolConfig tool();

  /** What the event has in common with those of other providers; made when it is asked for. */
  default Envelope envelope() {
    return Envelope.of(event(), tool());
  }

  /** When the thread will be interrupted. */
  Instant deadline();

  /**
   * Larger for every later run of the same event. A handler that writes elsewhere can refuse to
   * overwrite what a larger token wrote.
   */
  long fencingToken();

  /** Whether the run no longer counts: timed out, or the event was lost to another worker. */
  boolean cancelled();

  /**
   * Puts the event off without using up an attempt: return (or throw) after this call, and the
   * event comes back after the delay.
   *
   * @throws IllegalArgumentException when the delay is negative
   */
  void snooze(Duration delay);

  /** The key-values that the worker puts into the MDC of this run, for threads of your own. */
  Map<String, String> loggingContext();

  /**
   * With the transactional inbox: a resource of the transaction that stores this event, {@code
   * java.sql.Connection} or {@code org.jdbi.v3.core.Handle}. What is written through it is
   * committed together with the event, or not at all. Do not commit, roll back or close it.
   *
   * @throws IllegalStateException when the transactional inbox is off; the message says how to
   *     switch it on
   * @throws IllegalArgumentException when there is no resource of that type
   */
  <T> T resource(Class<T> type);
}
