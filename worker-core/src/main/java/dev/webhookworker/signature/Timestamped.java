package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.MISMATCH;
import static dev.webhookworker.spi.Verification.Reason.OUT_OF_TIME;

import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;

/** The last decision on a signature that covers a timestamp. */
final class Timestamped {

  private Timestamped() {}

  /**
   * Genuine comes first: the time in a forged request says nothing.
   *
   * @param epochSecond the signed time
   * @param valid what a request that is genuine and in time comes to
   */
  static Verification decide(
      boolean genuine, long epochSecond, TimeWindow window, Verification.Valid valid) {
    if (!genuine) {
      return Verification.invalid(MISMATCH);
    }
    return window.contains(epochSecond) ? valid : Verification.invalid(OUT_OF_TIME);
  }

  /** The same for a signature that covers no id. */
  static Verification decide(boolean genuine, long epochSecond, TimeWindow window) {
    return decide(genuine, epochSecond, window, new Verification.Valid(null));
  }
}
