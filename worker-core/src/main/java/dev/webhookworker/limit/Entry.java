package dev.webhookworker.limit;

import java.time.Duration;

/** Whether a run may begin now. */
public sealed interface Entry {

  /** It may; {@link Permit#leave} is called when it has ended. */
  record Passed(Permit permit) implements Entry {}

  /**
   * It may not.
   *
   * @param delay when to ask again
   * @param why for logs
   */
  record HeldBack(Duration delay, String why) implements Entry {}
}
