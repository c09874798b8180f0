package dev.webhookworker.metrics;

import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns before something is used up: one line when its share passes the mark, one when it is well
 * below again. For one thread.
 */
final class LimitWatch {

  private static final Logger LOG = LoggerFactory.getLogger(LimitWatch.class);

  /** How far below the mark it is over, so that a figure at the mark does not chatter. */
  private static final double MARGIN = 0.1;

  private final String what;
  private final double mark;
  private final DoubleSupplier share;
  private final String advice;

  // Mutable state
  private boolean high;

  /**
   * @param share 0 to 1; NaN while unknown, which changes nothing
   * @param advice what to do, as a sentence
   */
  LimitWatch(String what, double mark, DoubleSupplier share, String advice) {
    this.what = what;
    this.mark = mark;
    this.share = share;
    this.advice = advice;
  }

  void look() {
    double now = share.getAsDouble();
    if (!high && now > mark) {
      high = true;
      LOG.atWarn()
          .addKeyValue("what", what)
          .addKeyValue("used_percent", percent(now))
          .addKeyValue("advice", advice)
          .log("Close to a limit");
    } else if (high && now < mark - MARGIN) {
      high = false;
      LOG.atInfo()
          .addKeyValue("what", what)
          .addKeyValue("used_percent", percent(now))
          .log("Away from a limit again");
    }
  }

  boolean isHigh() {
    return high;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f", share * 100);
  }
}
