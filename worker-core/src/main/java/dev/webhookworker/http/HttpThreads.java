package dev.webhookworker.http;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a JDK {@code HttpServer}, which spends one on each request from its first byte to
 * the last of the answer. A client that dawdles must not keep them: when all are taken, whoever has
 * waited for its client for longer than one that does not dawdle needs has to go, the oldest
 * request first, and none waits longer than the limit. To interrupt a thread that reads or writes a
 * channel closes that connection. A thread that works is left alone; handlers are {@link #guarded}
 * for that. Thread-safe.
 */
public final class HttpThreads implements Executor, AutoCloseable {

  /**
   * A client on its way sends and takes the next bytes sooner. Short, because a probe may stand
   * behind hundreds that dawdle.
   */
  private static final Duration PATIENCE = Duration.ofMillis(20);

  private static final long LOOKS_MILLIS = 10;
  private static final long LOOKS_AT_REST_MILLIS = 1000;

  private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();

  private final int most;
  private final long limitNanos;
  private final ThreadPoolExecutor threads;
  private final Thread watch;

  // Guarded by this; those that have a thread, the oldest first.
  private final Set<Turn> turns = new LinkedHashSet<>();
  private int waiting;

  /** What a handler does, with what it may throw. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * @param name of the threads
   * @param most threads at once
   * @param limit how long a request may keep a thread before its work begins
   */
  public HttpThreads(String name, int most, Duration limit) {
    this.most = most;
    this.limitNanos = limit.toNanos();
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, name));
    threads.allowCoreThreadTimeOut(true);
    watch = daemon(this::watch, name + "-watch");
    watch.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable request) {
    synchronized (this) {
      waiting++;
      makeRoom();
    }
    threads.execute(() -> run(request));
  }

  private void run(Runnable request) {
    Turn turn = new Turn(Thread.currentThread(), System.nanoTime());
    synchronized (this) {
      waiting--;
      turns.add(turn);
      makeRoom();
    }
    CURRENT.set(turn);
    try {
      request.run();
    } finally {
      CURRENT.remove();
      turn.end();
      synchronized (this) {
        turns.remove(turn);
      }
    }
  }

  /** As many have to go as wait without a thread; those that are told already count. */
  private synchronized void makeRoom() {
    long now = System.nanoTime();
    int needed = waiting - (most - turns.size());
    for (Turn turn : turns) {
      if (needed <= 0) {
        return;
      }
      if (turn.giveWay(now, PATIENCE.toNanos())) {
        needed--;
      }
    }
    if (needed > 0) {
      // Somebody's patience ends soon: the watch looks again.
      notifyAll();
    }
  }

  private synchronized void watch() {
    try {
      while (!threads.isShutdown()) {
        wait(waiting > 0 ? LOOKS_MILLIS : LOOKS_AT_REST_MILLIS);
        endLate(System.nanoTime());
        makeRoom();
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void endLate(long now) {
    for (Turn turn : turns) {
      if (now - turn.sinceNanos > limitNanos) {
        turn.giveWay(now, 0);
      }
    }
  }

  /**
   * The handler, with its work told apart from its waiting for the client. On a thread of another
   * server it is as it was.
   */
  public static HttpHandler guarded(HttpHandler handler) {
    return exchange ->
        as(
            true,
            () -> {
              handler.handle(new AwaitingExchange(exchange));
              return true;
            });
  }

  /**
   * Inside of the work of a handler waits for the client, and may have to give way meanwhile.
   *
   * @throws IOException when this request had to give way
   */
  static <T> T awaitClient(Work<T> wait) throws IOException {
    return as(false, wait);
  }

  private static <T> T as(boolean working, Work<T> what) throws IOException {
    Turn turn = CURRENT.get();
    if (turn == null) {
      return what.run();
    }
    boolean before = turn.enter(working);
    boolean ended = false;
    try {
      T result = what.run();
      ended = true;
      return result;
    } finally {
      turn.leave(before, ended);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    watch.interrupt();
  }

  /** One request on one thread. */
  private static final class Turn {

    private final Thread thread;
    private final long sinceNanos;

    // Guarded by this.
    private boolean working;
    private long waitsSinceNanos;
    private boolean gaveWay;
    private boolean over;

    Turn(Thread thread, long sinceNanos) {
      this.thread = thread;
      this.sinceNanos = sinceNanos;
      waitsSinceNanos = sinceNanos;
    }

    /** Whether its thread is free soon. */
    synchronized boolean giveWay(long now, long patienceNanos) {
      boolean dawdles = !working && now - waitsSinceNanos >= patienceNanos;
      if (dawdles && !over && !gaveWay) {
        gaveWay = true;
        thread.interrupt();
      }
      return gaveWay || over;
    }

    synchronized boolean enter(boolean nowWorking) throws IOException {
      requireStaying();
      boolean before = working;
      become(nowWorking);
      return before;
    }

    private void become(boolean nowWorking) {
      if (working && !nowWorking) {
        waitsSinceNanos = System.nanoTime();
      }
      working = nowWorking;
    }

    synchronized void leave(boolean before, boolean inOrder) throws IOException {
      become(before);
      if (inOrder && before) {
        requireStaying();
      }
    }

    private void requireStaying() throws IOException {
      if (gaveWay) {
        throw new IOException("the connection was closed to make room for other requests");
      }
    }

    /** What was meant for this request must not meet the thread's next one. */
    synchronized void end() {
      over = true;
      if (gaveWay) {
        Thread.interrupted();
      }
    }
  }
}
