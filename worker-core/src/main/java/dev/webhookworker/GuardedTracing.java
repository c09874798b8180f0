package dev.webhookworker;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.spi.TraceParent;
import dev.webhookworker.spi.Tracing;
import java.util.Optional;
import java.util.function.Supplier;

/** A tracer that throws disturbs no event. */
final class GuardedTracing implements Tracing {

  private final Tracing tracing;

  private GuardedTracing(Tracing tracing) {
    this.tracing = tracing;
  }

  static Tracing of(Tracing tracing) {
    return tracing == Tracing.NONE ? tracing : new GuardedTracing(tracing);
  }

  private <T> T or(T otherwise, Supplier<T> call) {
    return ForeignCode.ask(tracing, otherwise, call);
  }

  private void quietly(Runnable call) {
    ForeignCode.tell(tracing, call);
  }

  @Override
  public RunTrace receive(WebhookEvent event, int attempt) {
    return new GuardedRun(or(RunTrace.NONE, () -> tracing.receive(event, attempt)));
  }

  @Override
  public CallTrace forward(String toolId, String destination) {
    return new GuardedCall(or(CallTrace.NONE, () -> tracing.forward(toolId, destination)));
  }

  @Override
  public CallTrace accept(Optional<TraceParent> sender, String toolId) {
    return new GuardedCall(or(CallTrace.NONE, () -> tracing.accept(sender, toolId)));
  }

  private final class GuardedRun implements RunTrace {

    private final RunTrace trace;

    GuardedRun(RunTrace trace) {
      this.trace = trace;
    }

    @Override
    public Optional<String> traceId() {
      return or(Optional.empty(), trace::traceId);
    }

    @Override
    public void ran(String outcome, Optional<Throwable> failure) {
      quietly(() -> trace.ran(outcome, failure));
    }

    @Override
    public void storing() {
      quietly(trace::storing);
    }

    @Override
    public Telling settled() {
      Telling telling = or(Telling.NONE, trace::settled);
      return () -> quietly(telling::close);
    }
  }

  private final class GuardedCall implements CallTrace {

    private final CallTrace trace;

    GuardedCall(CallTrace trace) {
      this.trace = trace;
    }

    @Override
    public Optional<TraceParent> traceParent() {
      return or(Optional.empty(), trace::traceParent);
    }

    @Override
    public void ended(String outcome, boolean well) {
      quietly(() -> trace.ended(outcome, well));
    }

    @Override
    public void close() {
      quietly(trace::close);
    }
  }
}
