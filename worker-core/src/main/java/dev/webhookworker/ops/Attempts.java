package dev.webhookworker.ops;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Failed logins by address, and of all addresses together: so many in a minute, then none is looked
 * at until the minute is over. Thread-safe.
 */
final class Attempts {

  static final int OF_ONE_ADDRESS = 5;
  static final int OF_ALL = 60;
  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_ADDRESSES = 10_000;

  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<String, Window> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };
  private Window all;

  private record Window(long sinceNanos, int failures) {}

  Attempts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    all = new Window(nanoTime.getAsLong(), 0);
  }

  /**
   * @throws ApiProblem 429 while that address has failed too often
   */
  synchronized void checkAddress(String address) {
    refuse(current(byAddress.get(address)), OF_ONE_ADDRESS);
  }

  /**
   * @throws ApiProblem 429 while that address, or all together, have failed too often
   */
  synchronized void checkLogin(String address) {
    checkAddress(address);
    refuse(current(all), OF_ALL);
  }

  private void refuse(Window window, int most) {
    if (window.failures() >= most) {
      long left = WINDOW_NANOS - (nanoTime.getAsLong() - window.sinceNanos());
      throw ApiProblem.later(
          429,
          "too_many_attempts",
          "too many failed attempts; try again later",
          (int) Math.max(1, left / 1_000_000_000L));
    }
  }

  synchronized void failed(String address) {
    Window before = current(byAddress.get(address));
    byAddress.put(address, new Window(before.sinceNanos(), before.failures() + 1));
    Window together = current(all);
    all = new Window(together.sinceNanos(), together.failures() + 1);
  }

  private Window current(@Nullable Window window) {
    long now = nanoTime.getAsLong();
    return window == null || now - window.sinceNanos() >= WINDOW_NANOS
        ? new Window(now, 0)
        : window;
  }
}
