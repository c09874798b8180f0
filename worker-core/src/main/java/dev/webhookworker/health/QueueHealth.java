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
    return complaints.isEmpty()
        ? ComponentHealth.healthy(depth.total() + " events wait", details)
        : ComponentHealth.degraded(String.join("; ", complaints), details);
  }
}
