package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.EventPipeline;
import java.time.Duration;

/**
 * Interrupts handlers at their deadline and gives up those that ignore it, so that they block
 * nothing but their own thread. One look at all running events is cheaper than a timer for each.
 */
final class Watchdog {

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final HeldEvents held;
  private final EventPipeline pipeline;
  private final Settler settler;
  private final HandlerThreads threads;
  private final Vitals vitals;
  private final Clocks clocks;

  Watchdog(
      HeldEvents held,
      EventPipeline pipeline,
      Settler settler,
      HandlerThreads threads,
      Vitals vitals,
      Clocks clocks) {
    this.held = held;
    this.pipeline = pipeline;
    this.settler = settler;
    this.threads = threads;
    this.vitals = vitals;
    this.clocks = clocks;
  }

  /** Looks once. What fails for one event leaves it running, to be looked at again. */
  void look() {
    threads.startMoreIfHeldUp();
    long now = clocks.nanos();
    for (HeldEvent event : held.all()) {
      long over = event.overtimeNanos(now);
      if (over >= 0) {
        event.interrupt();
      }
      if (over > GRACE.toNanos()) {
        giveUp(event);
      }
    }
  }

  /** The outcome is made first: an event that was given up is with the settler, whatever fails. */
  private void giveUp(HeldEvent event) {
    Finished timedOut =
        new Finished(
            event,
            new Conclusion(
                null,
                null,
                pipeline.timedOut(event.delivery().state(), event.timeLimit(), event.policy())));
    if (event.giveUp()) {
      settler.settle(timedOut);
      threads.replaceStuck();
      vitals.handlerStuck(event, ClaimedType.of(event.delivery().fields()));
    }
  }
}
