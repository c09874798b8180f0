package dev.webhookworker.dispatch;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.WorkerStats;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamDepth;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the parts of a running worker in their order, starts them and ends them in order. */
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int LANES_WITH_STORE = 2;
  private static final Duration WATCHDOG_INTERVAL = Duration.ofMillis(100);

  private final WorkerConfig config;
  private final EventStream stream;
  private final HeldEvents held = new HeldEvents();
  private final Outage streamOutage;
  private final Outage storeOutage;
  private final SettledFacts facts;
  private final Vitals vitals;
  private final Settler settler;
  private final HandlerThreads threads;
  private final Dispatcher dispatcher;
  private final Thread fetchThread;
  private final RecentChanges recent;
  private final ScheduledExecutorService timers;
  private final Runnable heartbeat;
  private final Runnable watchdog;

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
    streamOutage =
        new Outage(
            "event stream",
            "no events are taken in; what was taken is kept and settled later",
            random);
    storeOutage =
        new Outage("event store", "consuming pauses; outcomes are kept and stored later", random);
    vitals = new Vitals(listener);
    facts = new SettledFacts(listener);
    recent = new RecentChanges(config.health().window());
    Settlements settlements = new Settlements(stream::consumerName, clock, pipeline.encryption());
    // A tenth of the visibility timeout is left for the way to Redis and back.
    long leaseNanos = config.visibilityTimeout().toNanos() / 10 * 9;
    long heap = Runtime.getRuntime().maxMemory();
    long heldBytes = Prefetch.affordableBytes(config.prefetchBytes(), heap);
    Prefetch.Reads reads =
        Prefetch.Reads.affordable(config.batchSize(), config.limits().maxPayloadBytes(), heap);
    if (reads.whileSmall() < config.batchSize()) {
      LOG.atInfo()
          .addKeyValue("wanted", config.batchSize())
          .addKeyValue("used", reads.whileSmall())
          .addKeyValue("heap_bytes", heap)
          .log("Fewer events are read at once, so that a batch of the largest fits into the heap");
    }
    int lanes = store == null ? 1 : LANES_WITH_STORE;
    settler =
        new Settler(
            lanes,
            heldBytes / lanes,
            config.maxConcurrent(),
            new SettlementBatch.Ports(
                stream, store, held, settlements, facts, streamOutage, storeOutage, leaseNanos),
            vitals);
    Prefetch prefetch = new Prefetch(config.maxConcurrent(), config.batchSize(), heldBytes, reads);
    threads =
        new HandlerThreads(
            config.maxConcurrent(),
            prefetch::runNanos,
            new HandlerTask(pipeline, settler, prefetch, vitals));
    Intake intake = new Intake(stream, held, threads, new Claims(config.limits()), listener, clock);
    dispatcher =
        new Dispatcher(
            new Dispatcher.Parts(
                stream,
                store,
                held,
                threads,
                intake,
                prefetch,
                streamOutage,
                storeOutage,
                vitals,
                listener),
            config.blockTimeout(),
            pipeline::hasWaitingInLine,
            config.visibilityTimeout());
    fetchThread = new Thread(dispatcher, "worker-fetch");
    fetchThread.setDaemon(true);
    timers = new ScheduledThreadPoolExecutor(3, Engine::timerThread);
    heartbeat = new Heartbeat(stream, held, streamOutage);
    watchdog = new Watchdog(held, pipeline, settler, threads, vitals, clock);
  }

  private static Thread timerThread(Runnable task) {
    Thread thread = new Thread(task, "worker-timer");
    thread.setDaemon(true);
    return thread;
  }

  public void start() {
    settler.start();
    fetchThread.start();
    sample();
    every(config.visibilityTimeout().dividedBy(3), heartbeat);
    every(WATCHDOG_INTERVAL, watchdog);
    every(config.maintenanceInterval(), this::lookAround);
  }

  private void every(Duration interval, Runnable task) {
    var unused =
        timers.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException bug) {
                LOG.atError().setCause(bug).log("A periodic task failed unexpectedly; it goes on");
              } catch (Error error) {
                // Thrown on, it would end the task for ever: no more heartbeats.
                vitals.broken(error);
                LOG.atError().setCause(error).log("A periodic task met an error of the platform");
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void lookAround() {
    maintain();
    sample();
  }

  private void maintain() {
    if (!vitals.consuming() && !dispatcher.isResting()) {
      return;
    }
    try {
      stream.maintain();
      depth = stream.depth();
    } catch (StreamUnavailableException away) {
      // The fetch loop meets the same trouble and reports it.
      depth = null;
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
    while (!dispatcher.isResting() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    return dispatcher.isResting()
        && awaitNothingHeld(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  private boolean awaitNothingHeld(Duration limit) {
    try {
      return held.awaitAtMost(0, limit.toNanos());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return held.size() == 0;
    }
  }

  public WorkerStats stats() {
    return new WorkerStats(
        facts.processed(),
        facts.duplicates(),
        facts.retriesScheduled(),
        facts.deadLettered(),
        held.size(),
        threads.active(),
        vitals.stuckHandlers());
  }

  public Vitals vitals() {
    return vitals;
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
    return streamOutage.problem();
  }

  /** What the store's last call said when it failed; empty when all is well. */
  public Optional<String> storeProblem() {
    return storeOutage.problem();
  }

  /**
   * Ends in order: nothing more is taken in, what was not started is given back, what runs may
   * finish until the shutdown timeout and is then interrupted, outcomes are settled.
   */
  @Override
  public void close() {
    long end = System.nanoTime() + config.shutdownTimeout().toNanos();
    dispatcher.stop();
    join(fetchThread, Duration.ofMillis(config.blockTimeout().toMillis() + 1000));
    try {
      dispatcher.releaseWaiting();
    } catch (StreamUnavailableException away) {
      LOG.atWarn()
          .addKeyValue("problem", away.getMessage())
          .log("Could not give events back; others take them after the visibility timeout");
    }
    Duration reserve = shorter(config.shutdownTimeout().dividedBy(5), Duration.ofSeconds(2));
    if (!awaitNothingHeld(Duration.ofNanos(end - System.nanoTime()).minus(reserve))) {
      vitals.interruptForShutdown();
      held.running().forEach(HeldEvent::interrupt);
      awaitNothingHeld(reserve.dividedBy(2));
    }
    settler.close(reserve.dividedBy(2));
    timers.shutdownNow();
    threads.close();
    if (held.size() > 0) {
      LOG.atWarn()
          .addKeyValue("events", held.size())
          .log("Closed with events in flight; others take them after the visibility timeout");
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void join(Thread thread, Duration limit) {
    try {
      thread.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
