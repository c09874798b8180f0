package dev.webhookworker.spi;

import dev.webhookworker.WebhookEvent;
import java.util.Optional;

/**
 * Follows events through the worker for a tracer; worker-metrics has one for Micrometer
 * observations. Thread-safe. What throws is reported once and otherwise ignored: tracing never
 * costs an event anything.
 */
public interface Tracing {

  /** Follows nothing and costs nothing. */
  Tracing NONE = new Tracing() {};

  /** A handler thread begins the run of an event; it is closed on the same thread. */
  default RunTrace receive(WebhookEvent event, int attempt) {
    return RunTrace.NONE;
  }

  /** The run on this thread sends its event to a destination. */
  default CallTrace forward(String toolId, String destination) {
    return CallTrace.NONE;
  }

  /**
   * An ingest endpoint puts the event of a request on the stream, on this thread.
   *
   * @param sender what the request says of its own trace
   */
  default CallTrace accept(Optional<TraceParent> sender, String toolId) {
    return CallTrace.NONE;
  }

  /** One run of one event, until its outcome is durable. */
  interface RunTrace {

    RunTrace NONE = new RunTrace() {};

    /** For log lines; empty where there is no tracer. */
    default Optional<String> traceId() {
      return Optional.empty();
    }

    /**
     * The run is over, on its thread.
     *
     * @param outcome one of a few words
     * @param failure what failed; its text may hold anything and does not belong into a trace
     */
    default void ran(String outcome, Optional<Throwable> failure) {}

    /** The outcome is on its way to store and stream; on the run's thread. */
    default void storing() {}

    /**
     * The outcome is durable, or discarded, on any thread. Until the answer is closed, on the same
     * thread, this run is what measurements belong to.
     */
    default Telling settled() {
      return Telling.NONE;
    }
  }

  /** While facts about a run are told. */
  interface Telling extends AutoCloseable {

    Telling NONE = () -> {};

    @Override
    void close();
  }

  /** A call that goes on elsewhere. Closed on any thread. */
  interface CallTrace extends AutoCloseable {

    CallTrace NONE = new CallTrace() {};

    /** What is handed on; empty where there is no tracer. */
    default Optional<TraceParent> traceParent() {
      return Optional.empty();
    }

    /**
     * How the call ended.
     *
     * @param outcome one of a few words
     */
    default void ended(String outcome, boolean well) {}

    @Override
    default void close() {}
  }
}
