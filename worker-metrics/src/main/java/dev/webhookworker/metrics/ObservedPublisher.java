package dev.webhookworker.metrics;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.spi.TraceParent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import java.util.List;
import java.util.Optional;

/**
 * Counts what is published, and hands the trace on. An event that names a trace keeps it, unless
 * this is done within another observation. Thread-safe.
 */
final class ObservedPublisher implements EventPublisher {

  private final EventPublisher publisher;
  private final ObservationRegistry observations;
  private final Counter published;

  ObservedPublisher(
      EventPublisher publisher, MeterRegistry meters, ObservationRegistry observations) {
    this.publisher = publisher;
    this.observations = observations;
    published = WorkerMeter.PUBLISHED.counter(meters);
  }

  @Override
  public String publish(OutgoingEvent event) {
    return publishAll(List.of(event)).get(0);
  }

  @Override
  public List<String> publishAll(List<OutgoingEvent> events) {
    Observation observation =
        WorkerObservation.PUBLISH.of(observations, ObservedRuns.outgoing(Kind.PRODUCER)).start();
    boolean nested = observations.getCurrentObservation() != null;
    try {
      Optional<TraceParent> place = SpanPlace.of(observation);
      List<String> entries =
          publisher.publishAll(
              place.isEmpty()
                  ? events
                  : events.stream()
                      .map(
                          event ->
                              nested || !event.hasTraceParent()
                                  ? event.withTraceParent(place.get())
                                  : event)
                      .toList());
      published.increment(entries.size());
      return entries;
    } catch (RuntimeException failure) {
      observation.error(UnnamedFailure.of(failure));
      throw failure;
    } finally {
      observation.stop();
    }
  }

  @Override
  public void close() {
    publisher.close();
  }
}
