package dev.webhookworker.metrics;

import dev.webhookworker.spi.TraceParent;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import java.util.Optional;

/** Where an observation is in its trace. Needs micrometer-tracing, which hosts that trace have. */
final class SpanPlace {

  private static final boolean TRACED = isTracingThere();

  private SpanPlace() {}

  /** Empty where no tracer has made a span of it. */
  static Optional<TraceParent> of(Observation observation) {
    return TRACED ? Inner.of(observation) : Optional.empty();
  }

  private static boolean isTracingThere() {
    try {
      Class.forName("io.micrometer.tracing.Tracer", false, SpanPlace.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException noTracing) {
      return false;
    }
  }

  /** Loaded only where its classes are. */
  private static final class Inner {

    static Optional<TraceParent> of(Observation observation) {
      TracingContext tracing = observation.getContextView().get(TracingContext.class);
      Span span = tracing == null ? null : tracing.getSpan();
      return span == null ? Optional.empty() : of(span.context());
    }

    private static Optional<TraceParent> of(TraceContext context) {
      String flags = Boolean.TRUE.equals(context.sampled()) ? "-01" : "-00";
      return TraceParent.parse("00-" + context.traceId() + "-" + context.spanId() + flags);
    }
  }
}
