package dev.webhookworker.metrics;

import dev.webhookworker.TraceSettings;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.TraceParent;
import dev.webhookworker.spi.Tracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes Micrometer observations of what the worker does with an event. Thread-safe. */
final class ObservedRuns implements Tracing {

  private final ObservationRegistry registry;
  private final TraceSettings settings;
  private final EventTypeLabels<String> types = new EventTypeLabels<>(Function.identity());

  ObservedRuns(ObservationRegistry registry, TraceSettings settings) {
    this.registry = registry;
    this.settings = settings;
  }

  @Override
  public RunTrace receive(WebhookEvent event, int attempt) {
    if (registry.isNoop()) {
      return RunTrace.NONE;
    }
    String type = types.of(event.eventType());
    IncomingTrace context =
        IncomingTrace.of(Kind.CONSUMER, TraceParent.of(event), settings.entry());
    Observation received =
        linked(WorkerObservation.RECEIVE.of(registry, context), context)
            .lowCardinalityKeyValue(WorkerObservation.EVENT_TYPE, type)
            .highCardinalityKeyValue(WorkerObservation.EVENT_ID, event.eventId())
            .highCardinalityKeyValue(WorkerObservation.ENTRY_ID, event.entryId())
            .highCardinalityKeyValue(WorkerObservation.CORRELATION_ID, event.correlationId())
            .highCardinalityKeyValue(WorkerObservation.ATTEMPT, Integer.toString(attempt))
            .start();
    return new ObservedRun(received, received.openScope(), type);
  }

  @Override
  public CallTrace forward(String toolId, String destination) {
    if (registry.isNoop()) {
      return CallTrace.NONE;
    }
    SenderContext<Map<String, String>> context = outgoing(Kind.CLIENT);
    return new ObservedCall(
        WorkerObservation.FORWARD
            .of(registry, context)
            .highCardinalityKeyValue(WorkerObservation.TOOL_ID, toolId)
            .highCardinalityKeyValue(WorkerObservation.DESTINATION, destination)
            .start(),
        null);
  }

  /** A carrier of its own, because the worker sets the header by itself. */
  static SenderContext<Map<String, String>> outgoing(Kind kind) {
    SenderContext<Map<String, String>> context =
        new SenderContext<>(
            (carrier, key, value) -> {
              if (carrier != null) {
                carrier.put(key, value);
              }
            },
            kind);
    context.setCarrier(new HashMap<>());
    return context;
  }

  @Override
  public CallTrace accept(Optional<TraceParent> sender, String toolId) {
    if (registry.isNoop()) {
      return CallTrace.NONE;
    }
    // A host whose server is observed has decided already what the request's trace is here.
    boolean observed = registry.getCurrentObservation() != null;
    IncomingTrace context =
        IncomingTrace.of(Kind.SERVER, observed ? Optional.empty() : sender, settings.request());
    Observation accepted =
        linked(WorkerObservation.ACCEPT.of(registry, context), context)
            .highCardinalityKeyValue(WorkerObservation.TOOL_ID, toolId)
            .start();
    return new ObservedCall(accepted, accepted.openScope());
  }

  private static Observation linked(Observation observation, IncomingTrace context) {
    return context
        .link()
        .map(
            sender ->
                observation.highCardinalityKeyValue(
                    WorkerObservation.LINKED_TRACE, sender.traceId()))
        .orElse(observation);
  }

  private final class ObservedRun implements RunTrace {

    private final Observation received;
    private final Observation.Scope scope;
    private final String type;

    // Written by the run's thread, read by the settler's.
    private volatile @Nullable Observation storing;

    ObservedRun(Observation received, Observation.Scope scope, String type) {
      this.received = received;
      this.scope = scope;
      this.type = type;
    }

    @Override
    public Optional<String> traceId() {
      return SpanPlace.of(received).map(TraceParent::traceId);
    }

    @Override
    public void ran(String outcome, Optional<Throwable> failure) {
      received.lowCardinalityKeyValue(WorkerObservation.OUTCOME, outcome);
      failure.map(UnnamedFailure::of).ifPresent(received::error);
      scope.close();
      received.stop();
    }

    @Override
    public void storing() {
      storing =
          WorkerObservation.STORE
              .of(registry, new Observation.Context())
              .parentObservation(received)
              .lowCardinalityKeyValue(WorkerObservation.EVENT_TYPE, type)
              .start();
    }

    @Override
    public Telling settled() {
      Observation stored = storing;
      if (stored == null) {
        return Telling.NONE;
      }
      stored.stop();
      Observation.Scope told = received.openScope();
      return told::close;
    }
  }

  private record ObservedCall(Observation call, Observation.@Nullable Scope scope)
      implements CallTrace {

    @Override
    public Optional<TraceParent> traceParent() {
      return SpanPlace.of(call);
    }

    @Override
    public void ended(String outcome, boolean well) {
      call.lowCardinalityKeyValue(WorkerObservation.OUTCOME, outcome);
      if (!well) {
        call.error(new UnnamedFailure(outcome));
      }
    }

    @Override
    public void close() {
      if (scope != null) {
        scope.close();
      }
      call.stop();
    }
  }
}
