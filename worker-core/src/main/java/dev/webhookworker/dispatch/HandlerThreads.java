package dev.webhookworker.dispatch;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs events, at most {@code maxConcurrent} at once, on virtual threads where the platform has
 * them (Java 21 and later) and on a pool elsewhere. A thread goes on with the next waiting event as
 * long as there is one, so that fast handlers cost no hand-over each.
 */
final class HandlerThreads implements AutoCloseable {

  /** Work worth waking one more thread for. */
  private static final double WORTH_A_THREAD_NANOS = 1_000_000;

  private final int maxConcurrent;
  private final DoubleSupplier runNanos;
  private final Consumer<HeldEvent> task;
  private final ExecutorService threads;
  private final ConcurrentLinkedQueue<HeldEvent> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final LongAdder taken = new LongAdder();

  // Written by the watchdog.
  private long takenAtLastLook;

  /** Virtual threads, or a pool. */
  static ExecutorService ofPlatform() {
    return virtualThreads().orElseGet(() -> pool());
  }

  /**
   * @param runNanos how long a run takes, in nanoseconds
   */
  HandlerThreads(
      int maxConcurrent,
      DoubleSupplier runNanos,
      Consumer<HeldEvent> task,
      ExecutorService threads) {
    this.maxConcurrent = maxConcurrent;
    this.runNanos = runNanos;
    this.task = task;
    this.threads = threads;
  }

  void submit(Collection<HeldEvent> events) {
    queue.addAll(events);
    queued.addAndGet(events.size());
    startRunners(threadsWorth(events.size()));
  }

  private int threadsWorth(int events) {
    double work = events * runNanos.getAsDouble();
    return (int) Math.min(maxConcurrent, 1 + work / WORTH_A_THREAD_NANOS);
  }

  /** The events that wait for a thread. */
  List<HeldEvent> queued() {
    return List.copyOf(queue);
  }

  /** How many events wait for a thread. */
  int waiting() {
    return Math.max(0, queued.get());
  }

  /** Threads that run events, those given up on excluded. */
  int active() {
    return active.get();
  }

  /** A thread was given up on: another one may take its place. */
  void replaceStuck() {
    active.decrementAndGet();
    startRunners(maxConcurrent);
  }

  /**
   * Puts more threads to work when the few that the pace of earlier events asked for don't suffice:
   * as many as what waits is worth at the pace of now, all when nothing was taken since the last
   * look.
   */
  void startMoreIfHeldUp() {
    long now = taken.sum();
    int waiting = waiting();
    if (waiting > 0) {
      startRunners(now == takenAtLastLook ? maxConcurrent : threadsWorth(waiting));
    }
    takenAtLastLook = now;
  }

  private void startRunners(int most) {
    while (true) {
      int running = active.get();
      int missing = Math.min(most, Math.min(maxConcurrent - running, queued.get()));
      if (missing <= 0) {
        return;
      }
      if (active.compareAndSet(running, running + missing)) {
        for (int i = 0; i < missing; i++) {
          startOne();
        }
        return;
      }
    }
  }

  private void startOne() {
    boolean started = false;
    try {
      threads.execute(this::runUntilEmpty);
      started = true;
    } finally {
      if (!started) {
        // No thread could be made: its place is free, and the watchdog tries again.
        active.decrementAndGet();
      }
    }
  }

  private void runUntilEmpty() {
    boolean mine = true;
    try {
      Ran ran = Ran.ONE;
      while (ran == Ran.ONE) {
        ran = runOne();
      }
      // The watchdog has given the place of a thread that was given up on to another one.
      mine = ran != Ran.GIVEN_UP;
    } finally {
      if (mine) {
        active.decrementAndGet();
        if (!queue.isEmpty()) {
          startRunners(1);
        }
      }
    }
  }

  /** What came of the attempt to run an event. */
  enum Ran {
    NONE_WAITS,
    ONE,
    /** The thread was given up on meanwhile and must take no other event. */
    GIVEN_UP
  }

  /** Runs the next waiting event on the calling thread. */
  Ran runOne() {
    HeldEvent next = queue.poll();
    if (next == null) {
      return Ran.NONE_WAITS;
    }
    queued.decrementAndGet();
    taken.increment();
    task.accept(next);
    return next.isGivenUp() ? Ran.GIVEN_UP : Ran.ONE;
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  private static ExecutorService pool() {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "worker-handler-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    // Unbounded above its size: a thread that is given up on must not take a place for ever.
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /** By reflection, because this is compiled for Java 17. */
  private static Optional<ExecutorService> virtualThreads() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named =
          type.getMethod("name", String.class, long.class).invoke(builder, "worker-handler-", 1L);
      @Nullable Object factory = type.getMethod("factory").invoke(named);
      return Optional.of(
          (ExecutorService)
              Executors.class
                  .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                  .invoke(null, factory));
    } catch (ReflectiveOperationException olderJava) {
      return Optional.empty();
    }
  }
}
