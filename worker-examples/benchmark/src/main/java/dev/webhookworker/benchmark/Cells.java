package dev.webhookworker.benchmark;

import java.util.List;

/**
 * The cells of the table, in their order. Each is one contender on one job.
 *
 * @param name what {@code --only} and the JSON call it
 * @param against the cell that its ratio is computed against; itself for the limit of a group
 * @param payloadBytes size of each body
 * @param perSecond rate at which events are published while the cell runs; 0 for a backlog
 * @param newerJdk whether it needs virtual threads
 * @param ballast what lies in the servers before it begins
 */
record Cells(
    String name,
    String against,
    String contender,
    int events,
    int payloadBytes,
    int concurrency,
    int handlerMillis,
    int perSecond,
    boolean newerJdk,
    Ballast ballast) {

  static final String LATENCY = "latency";
  static final String BULLMQ = "bullmq";
  static final String BULLMQ_STORED = "bullmq-stored";

  static final List<Cells> ALL =
      List.of(
          backlog("raw", "raw", "raw", 2_000_000, 1024),
          backlog("worker", "raw", "worker", 2_000_000, 1024),
          backlog("redisson", "raw", "redisson", 100_000, 1024),
          backlog("spring", "raw", "spring", 100_000, 1024),
          bullmq(BULLMQ, "raw", 100_000),
          backlog("raw-10k", "raw-10k", "raw", 1_000_000, 10_240),
          backlog("worker-10k", "raw-10k", "worker", 1_000_000, 10_240),
          backlog("raw-stored", "raw-stored", "raw-stored", 2_000_000, 1024),
          backlog("worker-stored", "raw-stored", "worker-stored", 2_000_000, 1024),
          backlog("insert-per-event", "raw-stored", "insert-per-event", 40_000, 1024),
          backlog("redisson-stored", "raw-stored", "redisson-stored", 40_000, 1024),
          backlog("spring-stored", "raw-stored", "spring-stored", 40_000, 1024),
          bullmq(BULLMQ_STORED, "raw-stored", 40_000),
          backlog("unmeasured", "unmeasured", "worker-unmeasured", 1_000_000, 1024),
          backlog("measured", "unmeasured", "worker", 1_000_000, 1024),
          backlog("traced", "unmeasured", "worker-traced", 1_000_000, 1024),
          backlog(
              "unmeasured-stored", "unmeasured-stored", "worker-stored-unmeasured", 500_000, 1024),
          backlog("measured-stored", "unmeasured-stored", "worker-stored", 500_000, 1024),
          backlog("traced-stored", "unmeasured-stored", "worker-stored-traced", 500_000, 1024),
          backlog("worker-retry", "raw", "worker-retry", 500_000, 1024),
          backlog("worker-dead", "raw", "worker-dead", 300_000, 1024),
          backlog("worker-drained", "raw", "worker-drained", 200_000, 1024),
          backlog("worker-replayed", "raw", "worker-replayed", 100_000, 1024),
          publishing("publish-raw", "publish-raw", 500_000),
          publishing("publish", "publish-raw", 500_000),
          publishing("publish-one-raw", "publish-one-raw", 100_000),
          publishing("publish-one", "publish-one-raw", 100_000),
          backlog("start", "start", "start", 1, 1024),
          backlog("start-stored", "start", "start-stored", 1, 1024),
          backlog("start-standalone", "start", "start-standalone", 1, 1024),
          paced("raw-500", "raw-500", "raw", 500),
          paced("worker-500", "raw-500", "worker", 500),
          paced("worker-stored-500", "raw-500", "worker-stored", 500),
          paced("raw-5000", "raw-5000", "raw", 5000),
          paced("worker-5000", "raw-5000", "worker", 5000),
          paced("worker-stored-5000", "raw-5000", "worker-stored", 5000),
          slow("slow-10", 10, false),
          slow("slow-100", 100, false),
          slow("slow-1000", 1000, true));

  /** Whether what has piled up slows the worker down or makes it grow; {@code --growth true}. */
  static final List<Cells> GROWTH =
      List.of(
          backlog("worker", "worker", "worker", 1_000_000, 1024),
          backlog("worker-3m", "worker", "worker", 3_000_000, 1024),
          backlog("worker", "worker", "worker", 1_000_000, 1024)
              .with("worker-retries", Ballast.RETRIES),
          backlog("worker", "worker", "worker", 1_000_000, 1024)
              .with("worker-marks", Ballast.MARKS),
          backlog("worker-stored", "worker-stored", "worker-stored", 1_000_000, 1024),
          backlog("worker-stored", "worker-stored", "worker-stored", 1_000_000, 1024)
              .with("worker-stored-rows", Ballast.ROWS));

  private static Cells backlog(
      String name, String against, String contender, int events, int payloadBytes) {
    return new Cells(name, against, contender, events, payloadBytes, 10, 0, 0, false, Ballast.NONE);
  }

  private static Cells bullmq(String name, String against, int events) {
    return new Cells(name, against, name, events, 1024, 100, 0, 0, false, Ballast.NONE);
  }

  private static Cells publishing(String name, String against, int events) {
    return new Cells(name, against, name, events, 0, 1, 0, 0, false, Ballast.NONE);
  }

  private static Cells paced(String name, String against, String contender, int perSecond) {
    return new Cells(
        name, against, contender, perSecond * 40, 1024, 10, 0, perSecond, false, Ballast.NONE);
  }

  private static Cells slow(String name, int concurrency, boolean newerJdk) {
    int events = concurrency * 20 * 60;
    return new Cells(
        name, "ideal", "worker", events, 1024, concurrency, 50, 0, newerJdk, Ballast.NONE);
  }

  private Cells with(String otherName, Ballast other) {
    return new Cells(
        otherName,
        against,
        contender,
        events,
        payloadBytes,
        concurrency,
        handlerMillis,
        perSecond,
        newerJdk,
        other);
  }

  /** The same with a share of the events. */
  Cells scaled(double scale) {
    return new Cells(
        name,
        against,
        contender,
        Math.max(1, (int) (events * scale)),
        payloadBytes,
        concurrency,
        handlerMillis,
        perSecond,
        newerJdk,
        ballast);
  }

  /** Whether the stream is filled, or fed, by the benchmark; otherwise the cell writes itself. */
  boolean reads() {
    return payloadBytes > 0 && !isBullmq();
  }

  /** Whether Node runs it. */
  boolean isBullmq() {
    return contender.equals(BULLMQ) || contender.equals(BULLMQ_STORED);
  }

  boolean measuresLatency() {
    return perSecond > 0 || contender.startsWith("start");
  }

  /** The rate that handlers of that length allow; 0 for a no-op. */
  double idealRate() {
    return handlerMillis == 0 ? 0 : concurrency * 1000.0 / handlerMillis;
  }
}
