package dev.webhookworker.dispatch;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Has the thread of the fetch loop, and the commands to it. Thread-safe. */
final class Dispatcher {

  private static final long LOOK_NANOS = 1_000_000;

  private final FetchLoop loop;
  private final RestSwitch rest;
  private final Thread thread;

  Dispatcher(FetchLoop loop, RestSwitch rest) {
    this.loop = loop;
    this.rest = rest;
    thread = new Thread(loop, "worker-fetch");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void pause() {
    rest.pause();
  }

  void resume() {
    rest.resume();
  }

  boolean isPaused() {
    return rest.isPaused();
  }

  /** Whether the loop has come to its pause: nothing is on its way in. */
  boolean isResting() {
    return rest.rests();
  }

  /** Waits until the loop has come to its pause; false when the time is over first. */
  boolean awaitRest(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!isResting()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /** Ends the loop and waits for the end of its turn, for at most that long. */
  void stop(Duration limit) {
    loop.stop();
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
