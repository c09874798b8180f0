package dev.webhookworker.port;

import dev.webhookworker.DeadLetterRetry;
import java.util.ArrayList;
import java.util.List;

/**
 * How often an event was retried as a dead letter, and by whom.
 *
 * @param count all of them
 * @param last the last ones, oldest first, at most {@value #KEPT}
 */
public record DlqRetries(int count, List<DeadLetterRetry> last) {

  /** How many are remembered in detail. */
  public static final int KEPT = 20;

  /** Never a dead letter, or not retried yet. */
  public static final DlqRetries NONE = new DlqRetries(0, List.of());

  public DlqRetries {
    last = List.copyOf(last);
  }

  /** One more. */
  public DlqRetries with(DeadLetterRetry retry) {
    List<DeadLetterRetry> all = new ArrayList<>(last);
    all.add(retry);
    return new DlqRetries(count + 1, all.subList(Math.max(0, all.size() - KEPT), all.size()));
  }
}
