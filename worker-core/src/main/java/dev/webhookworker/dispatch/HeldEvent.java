package dev.webhookworker.dispatch;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.pipeline.Admitted;
import dev.webhookworker.pipeline.Run;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.Lease;
import dev.webhookworker.spi.Tracing.RunTrace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One delivery from the moment it is received until it is settled, released or lost.
 *
 * <p>Every change of phase goes through one of the methods below, which are atomic: whoever makes
 * the change first (handler thread, watchdog, heartbeat, shutdown) decides, the others see that
 * they came too late.
 */
final class HeldEvent implements Run {

  private enum Phase {
    WAITING,
    RUNNING,
    CONCLUDED,
    GIVEN_UP,
    LOST,
    RELEASED
  }

  private final Clock clock;
  private final long bytes;

  // Guarded by this.
  private Phase phase = Phase.WAITING;
  private @Nullable Thread handler;
  private boolean interrupted;

  // Written by the fetch thread before the event is queued, and when a lost group brings it again.
  private volatile Admitted admitted;
  private volatile long renewedAtNanos;

  // Written by the handler thread, read by the watchdog.
  private volatile Instant deadline = Instant.MAX;
  private volatile Duration limit = Duration.ZERO;
  private volatile @Nullable RetryPolicy policy;

  // Written by the handler thread, read by the settler.
  private volatile RunTrace trace = RunTrace.NONE;

  HeldEvent(Delivery delivery, long receivedAtNanos, Clock clock) {
    this.admitted = new Admitted(delivery, null, null);
    this.bytes = delivery.fields().byteSize();
    this.renewedAtNanos = receivedAtNanos;
    this.clock = clock;
  }

  Admitted admitted() {
    return admitted;
  }

  void admitted(Admitted answer) {
    admitted = answer;
  }

  @Override
  public Delivery delivery() {
    return admitted.delivery();
  }

  Lease lease() {
    return delivery().lease();
  }

  long bytes() {
    return bytes;
  }

  /** Goes on under the lease that a repeated delivery of the same entry has brought. */
  void adopt(Delivery again, long nowNanos) {
    Delivery kept = delivery();
    admitted =
        new Admitted(
            new Delivery(
                again.lease(),
                kept.fields(),
                kept.state(),
                kept.unsettledDeliveries(),
                again.fencingToken()),
            admitted.claim(),
            admitted.admission());
    renewedAtNanos = nowNanos;
  }

  void renewed(long nowNanos) {
    renewedAtNanos = nowNanos;
  }

  /** The lease has to be asked for before anything is written for this event. */
  void doubtLease() {
    renewedAtNanos = System.nanoTime() - Long.MAX_VALUE / 2;
  }

  long renewedAtNanos() {
    return renewedAtNanos;
  }

  /** Begins the run on the calling thread; false when the event is not to be run any more. */
  synchronized boolean begin() {
    if (phase != Phase.WAITING) {
      return false;
    }
    phase = Phase.RUNNING;
    handler = Thread.currentThread();
    return true;
  }

  /** Ends the run on its own thread; false when its outcome doesn't count. */
  synchronized boolean conclude() {
    handler = null;
    if (interrupted) {
      // An interrupt that came after the handler was done must not hit the thread's next event.
      Thread.interrupted();
    }
    if (phase != Phase.RUNNING) {
      return false;
    }
    phase = Phase.CONCLUDED;
    return true;
  }

  /** The lease belongs to another; interrupts the handler. False when it was over already. */
  synchronized boolean lose() {
    if (phase != Phase.WAITING && phase != Phase.RUNNING) {
      return false;
    }
    phase = Phase.LOST;
    interruptHandler();
    return true;
  }

  /** Takes back an event that was not started; false when it was. */
  synchronized boolean release() {
    if (phase != Phase.WAITING) {
      return false;
    }
    phase = Phase.RELEASED;
    return true;
  }

  /** Gives up a handler that ignored its interrupt; false when it is not running. */
  synchronized boolean giveUp() {
    if (phase != Phase.RUNNING) {
      return false;
    }
    phase = Phase.GIVEN_UP;
    return true;
  }

  synchronized void interrupt() {
    if (phase == Phase.RUNNING) {
      interruptHandler();
    }
  }

  private void interruptHandler() {
    Thread running = handler;
    if (running != null) {
      interrupted = true;
      running.interrupt();
    }
  }

  synchronized boolean isWaiting() {
    return phase == Phase.WAITING;
  }

  synchronized boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  /** Whether a handler thread was given up on for this event. */
  synchronized boolean isGivenUp() {
    return phase == Phase.GIVEN_UP;
  }

  @Override
  public Instant deadline() {
    return deadline;
  }

  Duration timeLimit() {
    return limit;
  }

  /** By which the event is tried again; null before the run knows. */
  @Nullable RetryPolicy policy() {
    return policy;
  }

  @Override
  public void limit(Duration timeout, RetryPolicy ofEvent) {
    policy = ofEvent;
    limit = timeout;
    deadline = clock.instant().plus(timeout);
  }

  @Override
  public void trace(RunTrace ofRun) {
    trace = ofRun;
  }

  RunTrace trace() {
    return trace;
  }

  @Override
  public synchronized boolean cancelled() {
    return phase != Phase.RUNNING || interrupted;
  }
}
