package dev.webhookworker.health;

import dev.webhookworker.HealthSettings;
import dev.webhookworker.config.Durations;
import dev.webhookworker.port.StreamDepth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What waits, held against the thresholds. */
final class QueueHealth {

  private QueueHealth() {}

  /** As far as the queue counts what is kept for another group. */
  private static final int MUCH_IS_KEPT = 1_000;

  static ComponentHealth of(
      StreamDepth depth, long deadLetterGrowth, int mostWaiting, HealthSettings settings) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("depth", depth.total());
    details.put("lag", depth.lag());
    details.put("lag_estimated", depth.lagEstimated());
    details.put("pending", depth.pending());
    details.put("retries_due", depth.retriesDue());
    details.put("retries_waiting", depth.retriesWaiting());
    details.put("dead_letters", depth.deadLetters());
    details.put("dead_letter_growth", deadLetterGrowth);
    details.put("oldest_waiting_seconds", depth.oldestWaiting().toSeconds());
    details.put("stream_length", depth.streamLength());
    List<String> complaints = new ArrayList<>();
    if (depth.total() > mostWaiting) {
      complaints.add(
          depth.total()
              + " events wait, more than "
              + mostWaiting
              + ": start more replicas or raise WORKER_MAX_CONCURRENT");
    }
    if (depth.oldestWaiting().compareTo(settings.oldestWaiting()) > 0) {
      complaints.add(
          "the oldest event has waited for "
              + Durations.format(depth.oldestWaiting())
              + ", longer than "
              + Durations.format(settings.oldestWaiting()));
    }
    if (deadLetterGrowth > settings.deadLetterGrowth()) {
      complaints.add(
          deadLetterGrowth
              + " dead letters more than "
              + Durations.format(settings.window())
              + " ago: DeadLetters.groups shows their causes");
    }
    if (depth.unreadable() > 0) {
      details.put("unreadable_dead_letters", depth.unreadable());
      complaints.add(
          depth.unreadable()
              + " entries of the DLQ stream can't be read, so they can't be retried: the log names"
              + " them. Somebody else changed them, or wrote them there");
    }
    if (depth.keptBy() != null) {
      details.put("kept_by_group", depth.keptBy());
      if (depth.kept() >= Math.min(mostWaiting, MUCH_IS_KEPT)) {
        complaints.add(
            "the group '"
                + depth.keptBy()
                + "' has not read "
                + depth.kept()
                + " entries or more that are done here, so they stay: the stream has "
                + depth.streamLength()
                + " entries. Let its consumers run, or remove it with XGROUP DESTROY");
      }
    }
    return complaints.isEmpty()
        ? ComponentHealth.healthy(depth.total() + " events wait", details)
        : ComponentHealth.degraded(String.join("; ", complaints), details);
  }
}
