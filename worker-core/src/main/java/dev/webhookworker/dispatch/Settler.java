package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: takes whatever outcomes are ready, one when idle and hundreds under load, and makes
 * them durable, store first, then stream. Outcomes that can't be settled for now are kept, bounded
 * by what the worker may hold, and settled later.
 *
 * <p>Each lane is a thread with a batch of its own; nothing but the queue is shared between them.
 */
final class Settler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
  private static final int LARGEST_BATCH = 1000;

  /** Under a backlog a smaller batch waits for this long for more: fewer, larger commits. */
  private static final long GATHER_NANOS = 4_000_000;

  private static final int WORTHWHILE_BATCH = 200;

  private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  private final List<Thread> lanes = new ArrayList<>();
  private final SettlementBatch.Ports ports;
  private final long mostBytes;
  private final int maxConcurrent;
  private final Vitals vitals;

  // Set once by close().
  private volatile boolean closing;
  private volatile boolean abandoned;

  /**
   * @param mostBytes of events in one batch, so that a group commit of large payloads fits into the
   *     heap
   * @param maxConcurrent when more than that is held and not finished, events wait for handlers
   */
  Settler(
      int lanes, long mostBytes, int maxConcurrent, SettlementBatch.Ports ports, Vitals vitals) {
    this.ports = ports;
    this.mostBytes = mostBytes;
    this.maxConcurrent = maxConcurrent;
    this.vitals = vitals;
    for (int i = 1; i <= lanes; i++) {
      Thread lane = new Thread(this::runLane, "worker-settle-" + i);
      lane.setDaemon(true);
      this.lanes.add(lane);
    }
  }

  void start() {
    lanes.forEach(Thread::start);
  }

  void settle(Finished outcome) {
    finished.add(outcome);
  }

  /** Outcomes that no lane has taken yet. */
  int waiting() {
    return finished.size();
  }

  private void runLane() {
    SettlementBatch batch = new SettlementBatch(ports);
    Duration pause = Duration.ZERO;
    while (!abandoned && !(closing && finished.isEmpty() && batch.isWritten())) {
      try {
        take(batch, pause);
        pause = batch.settle(closing);
      } catch (InterruptedException stop) {
        // Only close() interrupts, and the loop's condition says whether something is left.
        pause = Duration.ZERO;
      } catch (RuntimeException bug) {
        LOG.atError().setCause(bug).log("Settling failed unexpectedly; the batch is tried again");
        pause = Duration.ofSeconds(1);
      } catch (Error error) {
        // A lane that ended would leave its events held and renewed for ever.
        vitals.broken(error);
        LOG.atError().setCause(error).log("Settling met an error of the platform; it goes on");
        pause = Duration.ofSeconds(1);
      }
    }
  }

  /** Adds what is ready; waits for the first outcome when the batch has nothing to try again. */
  private void take(SettlementBatch batch, Duration pause) throws InterruptedException {
    long bytes = batch.bytes();
    if (batch.size() >= LARGEST_BATCH || bytes >= mostBytes) {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
      return;
    }
    long waitMillis = batch.isEmpty() && !closing ? batch.millisToAuditFlush() : pause.toMillis();
    @Nullable Finished first = finished.poll(waitMillis, TimeUnit.MILLISECONDS);
    if (first == null) {
      return;
    }
    if (finished.size() < WORTHWHILE_BATCH && isBacklog()) {
      LockSupport.parkNanos(GATHER_NANOS);
    }
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
    return ports.held().size() - finished.size() > 2 * maxConcurrent;
  }

  /** Settles what is left, for at most that long; the rest is left to recovery. */
  void close(Duration limit) {
    closing = true;
    long end = System.nanoTime() + limit.toNanos();
    for (Thread lane : lanes) {
      lane.interrupt();
    }
    boolean interrupted = false;
    for (Thread lane : lanes) {
      long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      try {
        lane.join(left);
      } catch (InterruptedException stop) {
        interrupted = true;
      }
    }
    abandoned = true;
    lanes.forEach(Thread::interrupt);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }
}
