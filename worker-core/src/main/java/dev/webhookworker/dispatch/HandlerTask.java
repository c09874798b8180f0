package dev.webhookworker.dispatch;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one event on a handler thread and hands its outcome over. */
final class HandlerTask implements Consumer<HeldEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(HandlerTask.class);

  private final EventPipeline pipeline;
  private final EventStream stream;
  private final HeldEvents held;
  private final Settler settler;
  private final Prefetch prefetch;
  private final Vitals vitals;
  private final Clocks clocks;
  private final long leaseNanos;

  /**
   * @param leaseNanos how long after its last renewal a lease surely holds
   */
  HandlerTask(
      EventPipeline pipeline,
      EventStream stream,
      HeldEvents held,
      Settler settler,
      Prefetch prefetch,
      Vitals vitals,
      Clocks clocks,
      long leaseNanos) {
    this.pipeline = pipeline;
    this.stream = stream;
    this.held = held;
    this.settler = settler;
    this.prefetch = prefetch;
    this.vitals = vitals;
    this.clocks = clocks;
    this.leaseNanos = leaseNanos;
  }

  /** Never throws; an event that could not even be concluded is left to {@link StrayEvents}. */
  @Override
  public void accept(HeldEvent event) {
    try {
      run(event);
    } catch (Throwable beyondHelp) {
      event.conclude();
      ForeignCode.tell(
          this,
          () ->
              LOG.atError()
                  .addKeyValue("entry_id", event.delivery().entryId())
                  .setCause(ForeignCode.readable(beyondHelp))
                  .log(
                      "The run of entry {} could not be concluded; it is let go and redelivered",
                      event.delivery().entryId()));
    }
  }

  private void run(HeldEvent event) {
    long start = clocks.nanos();
    if (event.isLeaseDoubtful(start, leaseNanos) && !stillOurs(event, start)) {
      return;
    }
    if (!event.begin()) {
      return;
    }
    event.seen(start);
    Conclusion conclusion = pipeline.run(event.admitted(), event);
    long end = clocks.nanos();
    prefetch.ran(end - start, event.bytes());
    event.seen(end);
    Finished finished = new Finished(event, afterShutdown(event, conclusion));
    if (event.conclude()) {
      event.trace().storing();
      settler.settle(finished);
    } else if (event.isGivenUp()) {
      vitals.handlerCameBack(event);
    }
  }

  /**
   * This worker was frozen, or away from the stream: another one may have the event. It is not
   * begun before the stream has said that it is still ours.
   */
  private boolean stillOurs(HeldEvent event, long now) {
    try {
      if (stream.renew(List.of(event.lease())).isEmpty()) {
        event.renewed(now);
        return true;
      }
      if (event.lose()) {
        held.removeAll(List.of(event));
      }
      return false;
    } catch (StreamUnavailableException away) {
      if (event.begin() && event.conclude()) {
        settler.settle(new Finished(event, pipeline.putOff(event.delivery().state(), away)));
      }
      return false;
    }
  }

  /** What shutdown interrupted is not the event's failure. */
  private Conclusion afterShutdown(HeldEvent event, Conclusion conclusion) {
    if (!vitals.interruptingForShutdown()
        || !(conclusion.outcome() instanceof Outcome.Retry retry)) {
      return conclusion;
    }
    // What was completed before the interrupt stays completed.
    AttemptState state = event.delivery().state().completing(retry.state().completed());
    return conclusion.withOutcome(
        new Outcome.Snooze(state, Duration.ZERO, "the worker shuts down"));
  }
}
