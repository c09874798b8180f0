package dev.webhookworker.quickstart;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM, handed to the main thread: the JVM's end waits until that thread has closed
 * everything in order.
 */
final class StopSignal {

  private static final long LONGEST_CLOSING_SECONDS = 60;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  static StopSignal listen() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::holdUpExit, "quickstart-stop"));
    return signal;
  }

  private void holdUpExit() {
    requested.countDown();
    try {
      if (!closed.await(LONGEST_CLOSING_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("Closing takes too long; leaving as it is.");
      }
    } catch (InterruptedException nobodyWaits) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits; true as soon as the stop is wanted. */
  boolean within(Duration time) throws InterruptedException {
    return requested.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Everything is closed; the JVM may end. */
  void closed() {
    closed.countDown();
  }
}
