package dev.webhookworker.dispatch;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.Admitted;
import dev.webhookworker.pipeline.Run;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.Lease;
import dev.webhookworker.spi.Tracing.RunTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One delivery from the moment it is received until it is settled, released or lost.
 *
 * <p>Every change of phase goes through one of the methods below, which are atomic: whoever makes
 * the change first (handler thread, watchdog, heartbeat, shutdown) decides, the others see that
 * they came too late. A phase never stands for a remote step that is not done: {@code RELEASING}
 * names the step that is owed.
 */
final class HeldEvent implements Run {

  /** Where an event stands. */
  enum Phase {
    /** For its admission or for a handler. */
    WAITING,
    /** On a handler's thread. */
    RUNNING,
    /** Its outcome is with the settler. */
    CONCLUDED,
    /** Its handler ignores the interrupt; the outcome for that is with the settler. */
    GIVEN_UP,
    /** It is being given back, and the stream may not know it yet. */
    RELEASING,
    /** Another worker has it. */
    LOST
  }

  /** A limit beyond this is none: no clock tells that far. */
  private static final Duration LONGEST_LIMIT = Duration.ofDays(365);

  private static final long NO_DEADLINE = Long.MAX_VALUE;

  private final Clocks clocks;
  private final long bytes;

  // Guarded by this.
  private Phase phase = Phase.WAITING;
  private @Nullable Thread handler;
  private boolean interrupted;
  private boolean committing;
  private final List<Runnable> toLetGo = new ArrayList<>();

  // Written by the fetch thread before the event is queued, and when a lost group brings it again.
  private volatile Admitted admitted;
  private volatile long renewedAtNanos;

  // Written by the handler thread, read by the watchdog. Nanoseconds of clocks.nanos() after
  // startedNanos.
  private volatile long startedNanos;
  private volatile long limitNanos = NO_DEADLINE;
  private volatile @Nullable Instant deadline;
  private volatile Duration limit = Duration.ZERO;
  private volatile @Nullable RetryPolicy policy;

  // Written by the handler thread, read by the settler.
  private volatile RunTrace trace = RunTrace.NONE;

  // Written by whoever has the event in hand; see StrayEvents.
  private volatile long seenNanos;

  HeldEvent(Delivery delivery, long receivedAtNanos, Clocks clocks) {
    this.admitted = new Admitted(delivery, null, null);
    this.bytes = delivery.fields().byteSize();
    this.renewedAtNanos = receivedAtNanos;
    this.seenNanos = receivedAtNanos;
    this.startedNanos = receivedAtNanos;
    this.clocks = clocks;
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

  /**
   * Goes on under the lease that a repeated delivery of the same entry has brought; an outcome that
   * waits for the settler is settled under it.
   *
   * @return false when this event is about to leave and the new delivery has to be taken in itself
   */
  synchronized boolean adopt(Delivery again, long nowNanos) {
    if (phase == Phase.LOST || phase == Phase.RELEASING) {
      return false;
    }
    Delivery kept = delivery();
    admitted =
        new Admitted(
            new Delivery(
                again.lease(),
                kept.fields(),
                kept.state(),
                kept.unsettledDeliveries(),
                kept.mayBeStored()),
            admitted.claim(),
            admitted.admission());
    renewedAtNanos = nowNanos;
    return true;
  }

  void renewed(long nowNanos) {
    renewedAtNanos = nowNanos;
  }

  /** The lease has to be asked for before anything is written for this event. */
  void doubtLease() {
    renewedAtNanos = clocks.nanos() - Long.MAX_VALUE / 2;
  }

  /** Whether the lease may be another's by now: it was renewed too long ago. */
  boolean isLeaseDoubtful(long nowNanos, long leaseNanos) {
    return nowNanos - renewedAtNanos > leaseNanos;
  }

  /** Begins the run on the calling thread; false when the event is not to be run any more. */
  synchronized boolean begin() {
    if (phase != Phase.WAITING) {
      return false;
    }
    // Whoever ran here before may have left its interrupt; nobody can have meant this event yet.
    Thread.interrupted();
    phase = Phase.RUNNING;
    startedNanos = clocks.nanos();
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
  boolean lose() {
    synchronized (this) {
      if (committing || (phase != Phase.WAITING && phase != Phase.RUNNING)) {
        return false;
      }
      phase = Phase.LOST;
      interruptHandler();
    }
    letGo();
    return true;
  }

  /** Begins to give back an event that was not started; false when it was. */
  synchronized boolean release() {
    if (phase != Phase.WAITING) {
      return false;
    }
    phase = Phase.RELEASING;
    return true;
  }

  /** Gives up a handler that ignored its interrupt; false when it is not running. */
  boolean giveUp() {
    synchronized (this) {
      if (phase != Phase.RUNNING || committing) {
        return false;
      }
      phase = Phase.GIVEN_UP;
    }
    letGo();
    return true;
  }

  @Override
  public void whenItNoLongerCounts(Runnable step) {
    boolean over;
    synchronized (this) {
      toLetGo.add(step);
      over = phase == Phase.GIVEN_UP || phase == Phase.LOST;
    }
    if (over) {
      letGo();
    }
  }

  private void letGo() {
    List<Runnable> all;
    synchronized (this) {
      all = List.copyOf(toLetGo);
      toLetGo.clear();
    }
    // Among them are connections of the host's pool.
    all.forEach(step -> ForeignCode.tell(step, step));
  }

  synchronized void interrupt() {
    if (phase == Phase.RUNNING && !committing) {
      interruptHandler();
    }
  }

  @Override
  public synchronized boolean commits() {
    if (phase != Phase.RUNNING) {
      return false;
    }
    committing = true;
    if (interrupted) {
      // It came too late for the handler, and must not hit the commit.
      Thread.interrupted();
    }
    return true;
  }

  private void interruptHandler() {
    Thread running = handler;
    if (running != null) {
      interrupted = true;
      running.interrupt();
    }
  }

  synchronized Phase phase() {
    return phase;
  }

  boolean isWaiting() {
    return phase() == Phase.WAITING;
  }

  boolean isRunning() {
    return phase() == Phase.RUNNING;
  }

  /** Whether a handler thread was given up on for this event. */
  boolean isGivenUp() {
    return phase() == Phase.GIVEN_UP;
  }

  /** Whether it runs on a thread that is alive. */
  synchronized boolean hasHandler() {
    Thread running = handler;
    return running != null && running.isAlive();
  }

  /** Somebody has it in hand now. */
  void seen(long nowNanos) {
    seenNanos = nowNanos;
  }

  long seenNanos() {
    return seenNanos;
  }

  @Override
  public Instant deadline() {
    Instant known = deadline;
    if (known == null) {
      known = clocks.calendar().instant().plus(timeLeft());
      deadline = known;
    }
    return known;
  }

  @Override
  public Duration timeLeft() {
    long whole = limitNanos;
    return whole == NO_DEADLINE
        ? LONGEST_LIMIT
        : Duration.ofNanos(whole - (clocks.nanos() - startedNanos));
  }

  /** By how much the time limit is over; negative before. */
  long overtimeNanos(long nowNanos) {
    long whole = limitNanos;
    return whole == NO_DEADLINE ? Long.MIN_VALUE : nowNanos - startedNanos - whole;
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
    Duration bounded = timeout.compareTo(LONGEST_LIMIT) > 0 ? LONGEST_LIMIT : timeout;
    policy = ofEvent;
    limit = bounded;
    limitNanos = bounded.toNanos();
    deadline = null;
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
