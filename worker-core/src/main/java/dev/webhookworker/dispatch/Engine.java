package dev.webhookworker.dispatch;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.periodic.FailingTask;
import dev.webhookworker.periodic.PeriodicTask;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the parts of a running worker in their order, starts them and ends them in order. */
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration WATCHDOG_INTERVAL = Duration.ofMillis(100);
  private static final Duration STRAY_INTERVAL = Duration.ofSeconds(5);
  private static final Duration SHORTEST_STRAY = Duration.ofSeconds(30);

  private final WorkerConfig config;
  private final EventStream stream;
  private final Assembly parts;
  private final Dispatcher dispatcher;
  private final RecentChanges recent;
  private final List<PeriodicTask> tasks = new CopyOnWriteArrayList<>();

  // Written by the timer thread.
  private volatile @Nullable StreamDepth depth;

  /**
   * @param store null when events are not stored
   */
  public Engine(
      WorkerConfig config,
      EventStream stream,
      @Nullable EventStore store,
      EventPipeline pipeline,
      WorkerListener listener,
      Clock clock,
      RandomGenerator random) {
    this.config = config;
    this.stream = stream;
    Duration visibility = config.visibilityTimeout();
    parts =
        Assembly.of(
            config,
            stream,
            store,
            pipeline,
            listener,
            new Assembly.Surroundings(
                Clocks.of(clock),
                new Clocks(clock, System::nanoTime),
                Waiter.REAL,
                random,
                HandlerThreads.ofPlatform(),
                Prefetch.affordableBytes(config.prefetchBytes(), heap()),
                affordableReads(config),
                visibility.compareTo(SHORTEST_STRAY) < 0 ? SHORTEST_STRAY : visibility));
    recent = new RecentChanges(config.health().window());
    dispatcher = new Dispatcher(parts.loop(), parts.rest());
  }

  private static long heap() {
    return Runtime.getRuntime().maxMemory();
  }

  private static Prefetch.Reads affordableReads(WorkerConfig config) {
    Prefetch.Reads reads =
        Prefetch.Reads.affordable(config.batchSize(), config.limits().maxPayloadBytes(), heap());
    if (reads.whileSmall() < config.batchSize()) {
      LOG.atInfo()
          .addKeyValue("wanted", config.batchSize())
          .addKeyValue("used", reads.whileSmall())
          .addKeyValue("heap_bytes", heap())
          .log("Fewer events are read at once, so that a batch of the largest fits into the heap");
    }
    return reads;
  }

  public void start() {
    parts.settler().start();
    dispatcher.start();
    sample();
    tasks.add(
        PeriodicTask.adaptive(
            config.visibilityTimeout().dividedBy(3),
            "renewing leases",
            "worker-heartbeat",
            parts.heartbeat()::beat));
    tasks.add(
        PeriodicTask.every(
            WATCHDOG_INTERVAL, "watching handlers", "worker-watchdog", parts.watchdog()::look));
    tasks.add(
        PeriodicTask.every(
            STRAY_INTERVAL, "checking what is held", "worker-check", parts.strays()::look));
    tasks.add(
        PeriodicTask.every(
            config.maintenanceInterval(),
            "housekeeping of the stream",
            "worker-housekeeping",
            this::lookAround));
  }

  /** Its periodic tasks that keep failing. */
  public List<FailingTask> failingTasks() {
    return tasks.stream().flatMap(task -> task.failing().stream()).toList();
  }

  private void lookAround() {
    try {
      maintain();
    } finally {
      sample();
    }
  }

  /** The stream trims even while writes are refused: that may be what makes room for them. */
  private void maintain() {
    StreamDepth measured = null;
    try {
      if (parts.vitals().hasTurned()) {
        stream.maintain();
        measured = stream.depth();
      }
    } catch (StreamUnavailableException away) {
      LOG.atDebug()
          .addKeyValue("problem", away.getMessage())
          .log("Housekeeping of the stream waits; the fetch loop meets and reports the same");
    } finally {
      depth = measured;
    }
  }

  private void sample() {
    recent.sample(System.nanoTime(), stats(), depth);
  }

  public void pause() {
    dispatcher.pause();
  }

  public void resume() {
    dispatcher.resume();
  }

  public boolean isPaused() {
    return dispatcher.isPaused();
  }

  /** Stops taking events in and waits until all that is held is settled. */
  public boolean drain(Duration limit) {
    dispatcher.pause();
    long end = System.nanoTime() + limit.toNanos();
    return dispatcher.awaitRest(limit)
        && awaitNothingHeld(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  private boolean awaitNothingHeld(Duration limit) {
    try {
      return parts.held().awaitAtMost(0, limit.toNanos());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return parts.held().size() == 0;
    }
  }

  public WorkerStats stats() {
    return new WorkerStats(
        parts.facts().processed(),
        parts.facts().duplicates(),
        parts.facts().retriesScheduled(),
        parts.facts().deadLettered(),
        parts.held().size(),
        parts.threads().active(),
        parts.vitals().stuckHandlers());
  }

  public Vitals vitals() {
    return parts.vitals();
  }

  /** How the figures changed lately. */
  public RecentChanges recent() {
    return recent;
  }

  /** The depth at the last round of housekeeping; empty before the first and in an outage. */
  public Optional<StreamDepth> depth() {
    return Optional.ofNullable(depth);
  }

  /** One round trip to the stream, for health; figures about it. */
  public Map<String, Object> pingStream() throws StreamUnavailableException {
    return stream.ping();
  }

  /** What the stream's last call said when it failed; empty when all is well. */
  public Optional<String> streamProblem() {
    return parts.streamOutage().problem();
  }

  /** What the store's last call said when it failed; empty when all is well. */
  public Optional<String> storeProblem() {
    return parts.storeOutage().problem();
  }

  /**
   * Ends in order: nothing more is taken in, what was not started is given back, what runs may
   * finish until the shutdown timeout and is then interrupted, outcomes are settled.
   */
  @Override
  public void close() {
    long end = System.nanoTime() + config.shutdownTimeout().toNanos();
    dispatcher.stop(Duration.ofMillis(config.blockTimeout().toMillis() + 1000));
    try {
      parts.releases().releaseWaiting();
    } catch (StreamUnavailableException away) {
      LOG.atWarn()
          .addKeyValue("problem", away.getMessage())
          .log("Could not give events back; others take them after the visibility timeout");
    }
    Duration reserve = shorter(config.shutdownTimeout().dividedBy(5), Duration.ofSeconds(2));
    if (!awaitNothingHeld(Duration.ofNanos(end - System.nanoTime()).minus(reserve))) {
      parts.vitals().interruptForShutdown();
      parts.held().running().forEach(HeldEvent::interrupt);
      awaitNothingHeld(reserve.dividedBy(2));
    }
    parts.settler().close(reserve.dividedBy(2));
    tasks.forEach(PeriodicTask::close);
    parts.threads().close();
    if (parts.held().size() > 0) {
      LOG.atWarn()
          .addKeyValue("events", parts.held().size())
          .log(
              "Closed with {} events in flight; others take them after the visibility timeout",
              parts.held().size());
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
