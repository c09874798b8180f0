package dev.webhookworker.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a run may begin now. */
public sealed interface Entry {

  /** It may; {@link Permit#leave} is called when it has ended. */
  record Passed(Permit permit) implements Entry {}

  /**
   * It may not.
   *
   * @param delay when to ask again
   * @param why for logs
   * @param parkedAt the place at which the event is woken when it may run; null when its turn comes
   *     within the delay
   */
  record HeldBack(Duration delay, String why, @Nullable String parkedAt) implements Entry {}
}
