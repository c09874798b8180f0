package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.EventPipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Interrupts handlers at their deadline and gives up those that ignore it, so that they block
 * nothing but their own thread. One look at all running events is cheaper than a timer for each.
 */
final class Watchdog implements Runnable {

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final HeldEvents held;
  private final EventPipeline pipeline;
  private final Settler settler;
  private final HandlerThreads threads;
  private final Vitals vitals;
  private final Clock clock;

  Watchdog(
      HeldEvents held,
      EventPipeline pipeline,
      Settler settler,
      HandlerThreads threads,
      Vitals vitals,
      Clock clock) {
    this.held = held;
    this.pipeline = pipeline;
    this.settler = settler;
    this.threads = threads;
    this.vitals = vitals;
    this.clock = clock;
  }

  @Override
  public void run() {
    threads.startMoreIfHeldUp();
    Instant now = clock.instant();
    for (HeldEvent event : held.all()) {
      Instant deadline = event.deadline();
      if (now.isBefore(deadline)) {
        continue;
      }
      event.interrupt();
      if (now.isAfter(deadline.plus(GRACE)) && event.giveUp()) {
        giveUp(event);
      }
    }
  }

  private void giveUp(HeldEvent event) {
    vitals.handlerStuck(event, ClaimedType.of(event.delivery().fields()));
    threads.replaceStuck();
    settler.settle(
        new Finished(
            event,
            new Conclusion(
                null,
                null,
                pipeline.timedOut(event.delivery().state(), event.timeLimit(), event.policy()))));
  }
}
