package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Group commit: takes whatever outcomes are ready, one when idle and hundreds under load, and makes
 * them durable, store first, then stream. Outcomes that can't be settled for now are kept, bounded
 * by what the worker may hold, and settled later.
 *
 * <p>Each lane is a thread with a batch of its own; nothing but the queue is shared between them.
 */
final class Settler implements AutoCloseable {

  private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  private final List<SettlingLane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  // Set once by close().
  private volatile boolean closing;
  private volatile boolean abandoned;

  /**
   * @param mostBytes of events in one batch of a lane
   */
  Settler(
      int lanes,
      long mostBytes,
      int maxConcurrent,
      SettlementBatch.Ports ports,
      Vitals vitals,
      Clocks clocks) {
    for (int i = 1; i <= lanes; i++) {
      SettlingLane lane =
          new SettlingLane(
              finished,
              new SettlementBatch(ports, "settling, lane " + i),
              ports.held(),
              mostBytes,
              maxConcurrent,
              vitals,
              clocks);
      this.lanes.add(lane);
      Thread thread = new Thread(() -> run(lane), "worker-settle-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  void settle(Finished outcome) {
    finished.add(outcome);
  }

  /** The lanes, for who steps them instead of starting them. */
  List<SettlingLane> lanes() {
    return List.copyOf(lanes);
  }

  /** Outcomes that no lane has taken yet. */
  int waiting() {
    return finished.size();
  }

  /** The events of outcomes that no lane has taken yet. */
  List<HeldEvent> queued() {
    return finished.stream().map(Finished::held).toList();
  }

  /** When the oldest of the lanes' last whole rounds began; see {@link HeldEvent#seen}. */
  long leastRoundNanos() {
    long least = lanes.get(0).roundNanos();
    for (SettlingLane lane : lanes) {
      least = Math.min(least, lane.roundNanos());
    }
    return least;
  }

  private void run(SettlingLane lane) {
    while (!abandoned && !(closing && lane.isDone())) {
      lane.step();
    }
  }

  /** Settles what is left, for at most that long; the rest is left to recovery. */
  void close(Duration limit) {
    closing = true;
    lanes.forEach(SettlingLane::closing);
    long end = System.nanoTime() + limit.toNanos();
    for (Thread thread : threads) {
      thread.interrupt();
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      try {
        thread.join(left);
      } catch (InterruptedException stop) {
        interrupted = true;
      }
    }
    abandoned = true;
    threads.forEach(Thread::interrupt);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }
}
