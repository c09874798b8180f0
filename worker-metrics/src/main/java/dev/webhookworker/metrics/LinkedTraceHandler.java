package dev.webhookworker.metrics;

import dev.webhookworker.spi.TraceParent;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;

/**
 * Begins the spans of what comes from elsewhere, with a link to the trace of its sender where that
 * is configured. Needed for links only: register it before Micrometer's own receiver handler, which
 * does the rest as well and leaves links out. Thread-safe.
 */
public final class LinkedTraceHandler
    extends PropagatingReceiverTracingObservationHandler<IncomingTrace> {

  public LinkedTraceHandler(Tracer tracer, Propagator propagator) {
    super(tracer, propagator);
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof IncomingTrace;
  }

  @Override
  public Span.Builder customizeExtractedSpan(IncomingTrace context, Span.Builder span) {
    return context.link().map(sender -> span.addLink(new Link(place(sender)))).orElse(span);
  }

  private TraceContext place(TraceParent sender) {
    return getTracer()
        .traceContextBuilder()
        .traceId(sender.traceId())
        .spanId(sender.spanId())
        .sampled(sender.sampled())
        .build();
  }
}
