package dev.webhookworker.dispatch;

import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop that takes work in: turn after turn until it is stopped. Nothing that a turn throws
 * ends it; the loop waits and goes on.
 */
final class FetchLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(FetchLoop.class);
  private static final Duration AFTER_A_BUG = Duration.ofSeconds(1);
  private static final Duration SLICE = Duration.ofMillis(50);

  private final FetchRound round;
  private final Outage streamOutage;
  private final Outage storeOutage;
  private final Vitals vitals;
  private final Waiter waiter;
  private final Clocks clocks;

  private volatile boolean stopped;

  FetchLoop(
      FetchRound round,
      Outage streamOutage,
      Outage storeOutage,
      Vitals vitals,
      Waiter waiter,
      Clocks clocks) {
    this.round = round;
    this.streamOutage = streamOutage;
    this.storeOutage = storeOutage;
    this.vitals = vitals;
    this.waiter = waiter;
    this.clocks = clocks;
  }

  @Override
  public void run() {
    while (!stopped) {
      await(step());
    }
  }

  /**
   * One turn, and what follows from how it ended. Never throws.
   *
   * @return how long to wait before the next one
   */
  Duration step() {
    try {
      Duration wait = round.turn();
      vitals.fetchLoopWell();
      return wait;
    } catch (StreamUnavailableException away) {
      round.lostStream(away);
      return streamOutage.failed(FetchRound.STEP, away);
    } catch (StoreUnavailableException away) {
      return storeOutage.failed(FetchRound.STEP, away);
    } catch (InterruptedException wake) {
      // Only a stop interrupts, and the loop's condition sees it.
      return Duration.ZERO;
    } catch (Throwable bug) {
      vitals.fetchLoopFailed(bug);
      ForeignCode.tell(
          this,
          () ->
              LOG.atError()
                  .setCause(ForeignCode.readable(bug))
                  .log("The fetch loop failed with {}; it goes on", bug.getClass().getName()));
      return AFTER_A_BUG;
    }
  }

  /** In slices, each a sign of life: the loop is alive while it waits for a service. */
  private void await(Duration time) {
    if (time.isZero()) {
      return;
    }
    long end = clocks.nanos() + time.toNanos();
    long left = time.toNanos();
    while (!stopped && left > 0) {
      vitals.turned(vitals.consuming());
      waiter.pause(Duration.ofNanos(Math.min(SLICE.toNanos(), left)));
      left = end - clocks.nanos();
    }
  }

  void stop() {
    stopped = true;
    round.stop();
  }
}
