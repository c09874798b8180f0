package dev.webhookworker.dlq;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.BulkRetryProgress.State;
import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.port.DeadLetterQueue;
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

/**
 * One retry by filter: the oldest first, many at once, at a pace, with canaries. Keeps nothing that
 * a crash could lose: what was sent is no longer pending, and what failed again died after the
 * start.
 */
final class BulkRetry {

  private static final int PAGE = 200;
  private static final long LOOK_NANOS = 20_000_000;
  private static final int[] CANARIES = {1, 10};

  private final DlqParts parts;
  private final BatchReinjector reinjector;
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
    this.reinjector = new BatchReinjector(parts, reinjector);
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
      State stop = send(page.items());
      if (stop != State.RUNNING) {
        return progress(stop);
      }
      cursor = page.next();
    } while (cursor != null);
    return progress(State.COMPLETE);
  }

  private State send(List<DeadLetter> letters)
      throws StreamUnavailableException, StoreUnavailableException {
    int from = 0;
    while (from < letters.size()) {
      if (sent >= plan.cap()) {
        return State.CAPPED;
      }
      if (stage < CANARIES.length && canaries.size() >= CANARIES[stage]) {
        State canary = awaitCanaries();
        if (canary != State.RUNNING) {
          return canary;
        }
      }
      List<DeadLetter> next = letters.subList(from, Math.min(letters.size(), from + room()));
      pace.await(next.size());
      if (Thread.currentThread().isInterrupted()) {
        return State.INTERRUPTED;
      }
      count(next, reinjector.reinject(next, actor, null));
      from += next.size();
    }
    return State.RUNNING;
  }

  /** How many may be sent together now. */
  private int room() {
    int most = Math.min(Math.min(reinjector.room(), pace.group()), plan.cap() - sent);
    return stage < CANARIES.length ? Math.min(most, CANARIES[stage] - canaries.size()) : most;
  }

  private void count(List<DeadLetter> letters, List<BatchReinjector.Sent> results) {
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) != BatchReinjector.Sent.DONE) {
        skipped++;
        continue;
      }
      sent++;
      if (stage < CANARIES.length) {
        canaries.add(letters.get(i).id());
      }
    }
    watcher.accept(progress(State.RUNNING));
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
