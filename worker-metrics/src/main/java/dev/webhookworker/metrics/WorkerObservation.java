package dev.webhookworker.metrics;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * Every observation of the worker; docs/traces.md has the same table, and a test holds the two
 * together. As with meters, a low-cardinality key has few values, known beforehand or bounded; ids
 * are in spans only, and a payload or an error's text is nowhere.
 */
enum WorkerObservation {
  ACCEPT("webhook.accept", "a request's event is put on the stream by an ingest endpoint"),
  PUBLISH("webhook.publish", "a publisher adds an event, or several in one pipeline"),
  RECEIVE("webhook.receive", "a run of an event, from its begin on a handler to its outcome"),
  PROCESS("webhook.process", "its processors, in a run that comes so far"),
  FORWARD("webhook.forward", "a request to one destination, until its answer"),
  STORE("webhook.store", "an outcome becomes durable, its wait for the batch included");

  static final String EVENT_TYPE = "event_type";
  static final String OUTCOME = "outcome";
  static final String EVENT_ID = "event_id";
  static final String ENTRY_ID = "entry_id";
  static final String CORRELATION_ID = "correlation_id";
  static final String ATTEMPT = "attempt";
  static final String TOOL_ID = "tool_id";
  static final String DESTINATION = "destination";
  static final String LINKED_TRACE = "linked_trace_id";

  private final String observationName;
  private final String meaning;

  WorkerObservation(String observationName, String meaning) {
    this.observationName = observationName;
    this.meaning = meaning;
  }

  String observationName() {
    return observationName;
  }

  String meaning() {
    return meaning;
  }

  Observation of(ObservationRegistry registry, Observation.Context context) {
    return Observation.createNotStarted(observationName, () -> context, registry);
  }
}
