package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AttemptState;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one event on a handler thread and hands its outcome over. */
final class HandlerTask implements Consumer<HeldEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(HandlerTask.class);

  private final EventPipeline pipeline;
  private final Settler settler;
  private final Prefetch prefetch;
  private final Vitals vitals;

  HandlerTask(EventPipeline pipeline, Settler settler, Prefetch prefetch, Vitals vitals) {
    this.pipeline = pipeline;
    this.settler = settler;
    this.prefetch = prefetch;
    this.vitals = vitals;
  }

  @Override
  public void accept(HeldEvent held) {
    if (!held.begin()) {
      return;
    }
    long start = System.nanoTime();
    Conclusion conclusion = run(held);
    prefetch.ran(System.nanoTime() - start, held.bytes());
    if (held.conclude()) {
      held.trace().storing();
      settler.settle(new Finished(held, afterShutdown(held, conclusion)));
    } else if (held.isGivenUp()) {
      vitals.handlerCameBack(held);
    }
  }

  private Conclusion run(HeldEvent held) {
    try {
      return pipeline.run(held.admitted(), held);
    } catch (Throwable error) {
      // Not the event's fault as far as anyone can tell (out of memory, a broken class path).
      LOG.atError()
          .addKeyValue("entry_id", held.delivery().entryId())
          .setCause(error)
          .log("A run ended with an error of the platform; the worker reports itself unhealthy");
      vitals.broken(error);
      return new Conclusion(
          null,
          null,
          new Outcome.Snooze(
              held.delivery().state(), Duration.ofSeconds(5), "error of the platform"));
    }
  }

  /** What shutdown interrupted is not the event's failure. */
  private Conclusion afterShutdown(HeldEvent held, Conclusion conclusion) {
    if (!vitals.interruptingForShutdown()
        || !(conclusion.outcome() instanceof Outcome.Retry retry)) {
      return conclusion;
    }
    // What was completed before the interrupt stays completed.
    AttemptState state = held.delivery().state().completing(retry.state().completed());
    return conclusion.withOutcome(
        new Outcome.Snooze(state, Duration.ZERO, "the worker shuts down"));
  }
}
