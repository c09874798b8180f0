package dev.webhookworker.dlq;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.BulkRetryProgress.State;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterResult;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One retry by filter: the oldest first, in pages, at a pace, with canaries. Keeps nothing that a
 * crash could lose: what was sent is no longer pending, and what failed again died after the start.
 */
final class BulkRetry {

  private static final Logger LOG = LoggerFactory.getLogger(BulkRetry.class);
  private static final int PAGE = 100;
  private static final long LOOK_NANOS = 20_000_000;
  private static final int[] CANARIES = {1, 10};

  private final DlqParts parts;
  private final Reinjector reinjector;
  private final BulkRetryPlan plan;
  private final String actor;
  private final Consumer<BulkRetryProgress> watcher;
  private final Instant start;
  private final Pace pace;

  // Mutable state, for the calling thread.
  private int sent;
  private int skipped;
  private int stage;
  private final List<String> canaries = new ArrayList<>();

  BulkRetry(
      DlqParts parts,
      Reinjector reinjector,
      BulkRetryPlan plan,
      String actor,
      Consumer<BulkRetryProgress> watcher) {
    this.parts = parts;
    this.reinjector = reinjector;
    this.plan = plan;
    this.actor = actor;
    this.watcher = watcher;
    start = plan.startedAt() == null ? parts.clock().instant() : plan.startedAt();
    pace = new Pace(plan.perSecond());
    stage = plan.canary() ? 0 : CANARIES.length;
  }

  BulkRetryProgress run(DeadLetterFilter filter)
      throws StreamUnavailableException, StoreUnavailableException {
    DeadLetterFilter waiting = waiting(filter);
    if (waiting.statuses().isEmpty()) {
      return progress(State.COMPLETE);
    }
    @Nullable String cursor = null;
    do {
      DeadLetterPage page = parts.view().page(waiting, cursor, PAGE, true);
      for (DeadLetter letter : page.items()) {
        State stop = next(letter);
        if (stop != State.RUNNING) {
          return progress(stop);
        }
      }
      cursor = page.next();
    } while (cursor != null);
    return progress(State.COMPLETE);
  }

  private State next(DeadLetter letter)
      throws StreamUnavailableException, StoreUnavailableException {
    if (sent >= plan.cap()) {
      return State.CAPPED;
    }
    if (stage < CANARIES.length && canaries.size() >= CANARIES[stage]) {
      State canary = awaitCanaries();
      if (canary != State.RUNNING) {
        return canary;
      }
    }
    pace.await();
    if (Thread.currentThread().isInterrupted()) {
      return State.INTERRUPTED;
    }
    DeadLetterView.Found found = parts.view().find(letter.id()).orElse(null);
    if (found != null
        && found.summary().deadAt().equals(letter.deadAt())
        && send(found) == DeadLetterResult.DONE) {
      sent++;
      if (stage < CANARIES.length) {
        canaries.add(letter.id());
      }
    } else {
      skipped++;
    }
    watcher.accept(progress(State.RUNNING));
    return State.RUNNING;
  }

  private DeadLetterResult send(DeadLetterView.Found found)
      throws StreamUnavailableException, StoreUnavailableException {
    try {
      return reinjector.reinjectUnchanged(found, actor, null);
    } catch (DecryptionException unreadable) {
      LOG.atWarn()
          .addKeyValue("entry_id", found.summary().id())
          .addKeyValue("problem", unreadable.getMessage())
          .log("A dead letter is left out: its payload does not open");
      return DeadLetterResult.NOT_OPEN;
    }
  }

  /** Waits until none of this stage is being retried: all gone is well, one open again is not. */
  private State awaitCanaries() throws StreamUnavailableException {
    long end = System.nanoTime() + plan.canaryPatience().toNanos();
    while (true) {
      List<DeadLetterQueue.State> states = parts.queue().states(canaries);
      if (states.contains(DeadLetterQueue.State.OPEN)) {
        return State.CANARY_FAILED;
      }
      if (!states.contains(DeadLetterQueue.State.RETRYING)) {
        canaries.clear();
        stage++;
        return State.RUNNING;
      }
      if (Thread.currentThread().isInterrupted()) {
        return State.INTERRUPTED;
      }
      if (System.nanoTime() - end >= 0) {
        return State.CANARY_TIMED_OUT;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private DeadLetterFilter waiting(DeadLetterFilter filter) {
    Set<DeadLetterStatus> statuses = EnumSet.of(DeadLetterStatus.PENDING, DeadLetterStatus.FAILED);
    if (!filter.statuses().isEmpty()) {
      statuses.retainAll(filter.statuses());
    }
    Instant bound = start;
    Instant before = filter.deadBefore();
    return filter
        .withStatuses(statuses)
        .withDead(filter.deadFrom(), before == null || before.isAfter(bound) ? bound : before);
  }

  private BulkRetryProgress progress(State state) {
    return new BulkRetryProgress(start, sent, skipped, state);
  }
}
