package dev.webhookworker.dispatch;

import dev.webhookworker.foreign.ForeignCode;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane of the settler: takes what is ready, settles it, and keeps what can't be settled for
 * now. For one thread; a test steps it.
 */
final class SettlingLane {

  private static final Logger LOG = LoggerFactory.getLogger(SettlingLane.class);
  static final int LARGEST_BATCH = 1000;
  private static final Duration AFTER_A_BUG = Duration.ofSeconds(1);

  /** Under a backlog a smaller batch waits for this long for more: fewer, larger commits. */
  private static final long GATHER_NANOS = 4_000_000;

  private static final int WORTHWHILE_BATCH = 200;

  private final BlockingQueue<Finished> finished;
  private final SettlementBatch batch;
  private final HeldEvents held;
  private final long mostBytes;
  private final int maxConcurrent;
  private final Vitals vitals;
  private final Clocks clocks;

  private volatile boolean closing;

  // Read by the check for stray events: when the last whole round began.
  private volatile long roundNanos;

  // Mutable state of the lane's thread.
  private Duration pause = Duration.ZERO;

  /**
   * @param mostBytes of events in one batch, so that a group commit of large payloads fits into the
   *     heap
   * @param maxConcurrent when more than twice that is held and not finished, events wait for
   *     handlers
   */
  SettlingLane(
      BlockingQueue<Finished> finished,
      SettlementBatch batch,
      HeldEvents held,
      long mostBytes,
      int maxConcurrent,
      Vitals vitals,
      Clocks clocks) {
    this.finished = finished;
    this.batch = batch;
    this.held = held;
    this.mostBytes = mostBytes;
    this.maxConcurrent = maxConcurrent;
    this.vitals = vitals;
    this.clocks = clocks;
    roundNanos = clocks.nanos();
  }

  /** From now on nothing waits for company. */
  void closing() {
    closing = true;
  }

  /** Whether there is nothing left to settle or to write. */
  boolean isDone() {
    return finished.isEmpty() && batch.isWritten();
  }

  long roundNanos() {
    return roundNanos;
  }

  /** One round: waits for outcomes, takes them, settles what can be settled. Never throws. */
  void step() {
    round(this::take);
  }

  /** One round with what is ready now. Never throws. */
  void stepWithoutWaiting() {
    round(() -> addReady(finished.poll()));
  }

  private interface Taking {
    void take() throws InterruptedException;
  }

  private void round(Taking taking) {
    try {
      taking.take();
      long began = clocks.nanos();
      batch.seen(began);
      pause = batch.settle(closing);
      roundNanos = began;
      vitals.settlerWell();
    } catch (InterruptedException stop) {
      // Only close() interrupts, and the loop's condition says whether something is left.
      pause = Duration.ZERO;
    } catch (Throwable bug) {
      // A lane that ended would leave its events held and renewed for ever.
      pause = AFTER_A_BUG;
      vitals.settlerFailed(bug);
      ForeignCode.tell(
          this,
          () ->
              LOG.atError()
                  .setCause(ForeignCode.readable(bug))
                  .log(
                      "Settling failed with {}; the batch is tried again",
                      bug.getClass().getName()));
    }
  }

  /** Adds what is ready; waits for the first outcome when the batch has nothing to try again. */
  private void take() throws InterruptedException {
    if (batch.size() >= LARGEST_BATCH || batch.bytes() >= mostBytes) {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
      return;
    }
    long waitMillis = pause.isZero() && !closing ? batch.millisToAuditFlush() : pause.toMillis();
    @Nullable Finished first = finished.poll(waitMillis, TimeUnit.MILLISECONDS);
    if (first != null && finished.size() < WORTHWHILE_BATCH && isBacklog()) {
      LockSupport.parkNanos(GATHER_NANOS);
    }
    addReady(first);
  }

  private void addReady(@Nullable Finished first) {
    long bytes = batch.bytes();
    for (Finished next = first; next != null; next = finished.poll()) {
      batch.add(next);
      bytes += next.held().bytes();
      if (batch.size() >= LARGEST_BATCH || bytes >= mostBytes) {
        return;
      }
    }
  }

  /** Whether events wait for handlers, so that nobody waits for this outcome in particular. */
  private boolean isBacklog() {
    return held.size() - finished.size() > 2 * maxConcurrent;
  }
}
