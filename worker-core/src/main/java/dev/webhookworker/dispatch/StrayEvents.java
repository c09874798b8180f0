package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks what must always hold: every event that this worker holds waits, runs, or is with the
 * settler. An event of which that is not so, which only a bug can bring about, is let go: its lease
 * is not renewed any more, so that another worker gets it after the visibility timeout.
 */
final class StrayEvents {

  private static final Logger LOG = LoggerFactory.getLogger(StrayEvents.class);

  private final HeldEvents held;
  private final HandlerThreads threads;
  private final Settler settler;
  private final Vitals vitals;
  private final Clocks clocks;
  private final long boundNanos;

  // In nobody's hands at the last look; for the task's thread.
  private Set<HeldEvent> missing = Set.of();

  /**
   * @param bound for how long an event may be in nobody's hands; a step from one hand to the next
   *     takes microseconds
   */
  StrayEvents(
      HeldEvents held,
      HandlerThreads threads,
      Settler settler,
      Vitals vitals,
      Clocks clocks,
      Duration bound) {
    this.held = held;
    this.threads = threads;
    this.settler = settler;
    this.vitals = vitals;
    this.clocks = clocks;
    this.boundNanos = bound.toNanos();
  }

  /** Looks once. */
  void look() {
    List<HeldEvent> suspicious = new ArrayList<>();
    long now = clocks.nanos();
    for (HeldEvent event : held.all()) {
      if (now - event.seenNanos() > boundNanos) {
        suspicious.add(event);
      }
    }
    if (suspicious.isEmpty()) {
      missing = Set.of();
      return;
    }
    Set<HeldEvent> inHand = Collections.newSetFromMap(new IdentityHashMap<>());
    inHand.addAll(threads.queued());
    inHand.addAll(settler.queued());
    long lanesLookedAt = settler.leastRoundNanos();
    Set<HeldEvent> missingNow = Collections.newSetFromMap(new IdentityHashMap<>());
    for (HeldEvent event : suspicious) {
      if (inHand.contains(event) || isInHand(event, lanesLookedAt)) {
        event.seen(now);
      } else if (missing.contains(event)) {
        letGo(event);
      } else {
        // It may just be passing from one hand to the next.
        missingNow.add(event);
      }
    }
    missing = missingNow;
  }

  private boolean isInHand(HeldEvent event, long lanesLookedAt) {
    return switch (event.phase()) {
      case RUNNING -> event.hasHandler();
      // A lane marks all that it has in each of its rounds; one that is in the middle of a long
      // round has not said yet what it has.
      case CONCLUDED, GIVEN_UP -> lanesLookedAt - event.seenNanos() <= 0;
      // The fetch loop tries again in each turn.
      case RELEASING -> true;
      case WAITING, LOST -> false;
    };
  }

  private void letGo(HeldEvent event) {
    if (!held.remove(event)) {
      return;
    }
    held.signal();
    vitals.strayed();
    String phase = event.phase().name();
    LOG.atError()
        .addKeyValue("entry_id", event.delivery().entryId())
        .addKeyValue("phase", phase)
        .log(
            "Entry {} was held and in nobody's hands (phase {}), which is a bug of the worker;"
                + " please report it. It was let go: another worker gets it after the visibility"
                + " timeout",
            event.delivery().entryId(),
            phase);
  }
}
