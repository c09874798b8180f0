package dev.webhookworker.ops;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this worker did in the last quarter of an hour, from samples that a timer takes, and how
 * long its handlers took. An event pays one increment for it. Thread-safe.
 */
public final class Activity implements WorkerListener {

  static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int SAMPLES = 180;
  private static final int RECENT = 12;
  private static final int MOST_TOOLS = 1000;

  private final LatencyHistogram handlerTimes = new LatencyHistogram();

  // Bounded.
  private final Set<String> tools = ConcurrentHashMap.newKeySet();

  // Guarded by this; the newest last.
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(
      Instant at, long nanos, long processed, long failed, @Nullable Long depth, long[] times) {}

  /**
   * One interval.
   *
   * @param processed events a second
   * @param failed failed runs a second
   * @param depth at its end, null when it was not known
   */
  record Point(Instant at, double processed, double failed, @Nullable Long depth) {}

  /**
   * The last minute, or what there is of it.
   *
   * @param seconds its length; 0 when there is nothing yet
   * @param times of handlers, as a histogram
   */
  record Recent(double seconds, long processed, long failed, long[] times) {}

  /** Nothing has happened yet. */
  public Activity() {}

  @Override
  public void processed(WebhookEvent event, String toolId, int attempt, Duration handlerTime) {
    handlerTimes.add(handlerTime);
    if (!tools.contains(toolId) && tools.size() < MOST_TOOLS) {
      tools.add(toolId);
    }
  }

  /** The tools of processed events, as far as they are kept. */
  Set<String> tools() {
    return Set.copyOf(tools);
  }

  synchronized void sample(Instant at, long nanos, WorkerStats stats, @Nullable StreamDepth depth) {
    samples.addLast(
        new Sample(
            at,
            nanos,
            stats.processed() + stats.duplicates(),
            stats.retriesScheduled() + stats.deadLettered(),
            depth == null ? null : depth.total(),
            handlerTimes.copy()));
    if (samples.size() > SAMPLES + 1) {
      samples.removeFirst();
    }
  }

  /** The intervals, the oldest first. */
  synchronized List<Point> trend() {
    List<Point> points = new ArrayList<>();
    @Nullable Sample before = null;
    for (Sample sample : samples) {
      if (before != null) {
        double seconds = seconds(before, sample);
        points.add(
            new Point(
                sample.at(),
                (sample.processed() - before.processed()) / seconds,
                (sample.failed() - before.failed()) / seconds,
                sample.depth()));
      }
      before = sample;
    }
    return points;
  }

  synchronized Recent recent() {
    List<Sample> all = new ArrayList<>(samples);
    if (all.size() < 2) {
      return new Recent(0, 0, 0, LatencyHistogram.empty());
    }
    Sample last = all.get(all.size() - 1);
    Sample first = all.get(Math.max(0, all.size() - 1 - RECENT));
    return new Recent(
        seconds(first, last),
        last.processed() - first.processed(),
        last.failed() - first.failed(),
        LatencyHistogram.difference(last.times(), first.times()));
  }

  private static double seconds(Sample from, Sample to) {
    return Math.max(0.001, (to.nanos() - from.nanos()) / 1e9);
  }
}
