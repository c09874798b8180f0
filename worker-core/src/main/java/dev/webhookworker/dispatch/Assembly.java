package dev.webhookworker.dispatch;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a worker, joined and not started: {@link Engine} gives them threads, a test steps
 * them. So that what a test drives is what runs.
 */
record Assembly(
    HeldEvents held,
    Vitals vitals,
    SettledFacts facts,
    Outage streamOutage,
    Outage storeOutage,
    Settler settler,
    HandlerThreads threads,
    Releases releases,
    RestSwitch rest,
    FetchLoop loop,
    Heartbeat heartbeat,
    Watchdog watchdog,
    StrayEvents strays) {

  private static final int LANES_WITH_STORE = 2;

  /**
   * What a process and a test have otherwise.
   *
   * @param pacing of the loop, which waits in fact also where a test's clock stands still
   * @param handlers runs handlers
   * @param heldBytes most bytes of events that are held
   * @param reads how many events a read brings
   * @param strayBound how long an event may be in nobody's hands
   */
  record Surroundings(
      Clocks clocks,
      Clocks pacing,
      Waiter waiter,
      RandomGenerator random,
      ExecutorService handlers,
      long heldBytes,
      Prefetch.Reads reads,
      Duration strayBound) {}

  /**
   * @param store null when events are not stored
   */
  static Assembly of(
      WorkerConfig config,
      EventStream stream,
      @Nullable EventStore store,
      EventPipeline pipeline,
      WorkerListener listener,
      Surroundings around) {
    Clocks clocks = around.clocks();
    Outage streamOutage =
        new Outage(
            "event stream",
            "no events are taken in; what was taken is kept and settled later",
            around.random());
    Outage storeOutage =
        new Outage(
            "event store", "consuming pauses; outcomes are kept and stored later", around.random());
    HeldEvents held = new HeldEvents();
    Vitals vitals = new Vitals(listener);
    SettledFacts facts = new SettledFacts(listener);
    // A tenth of the visibility timeout is left for the way to Redis and back.
    long leaseNanos = config.visibilityTimeout().toNanos() / 10 * 9;
    int lanes = store == null ? 1 : LANES_WITH_STORE;
    Settler settler =
        new Settler(
            lanes,
            around.heldBytes() / lanes,
            config.maxConcurrent(),
            new SettlementBatch.Ports(
                stream,
                store,
                held,
                new Settlements(
                    stream::consumerName, clocks.calendar(), pipeline.encryption(), store != null),
                facts,
                streamOutage,
                storeOutage,
                vitals,
                clocks,
                leaseNanos),
            vitals,
            clocks);
    Prefetch prefetch =
        new Prefetch(
            config.maxConcurrent(), config.batchSize(), around.heldBytes(), around.reads());
    HandlerThreads threads =
        new HandlerThreads(
            config.maxConcurrent(),
            prefetch::runNanos,
            new HandlerTask(pipeline, stream, held, settler, prefetch, vitals, clocks, leaseNanos),
            around.handlers());
    Intake intake =
        new Intake(
            stream, held, threads, new Claims(config.limits(), stream::hashKey), listener, clocks);
    Releases releases = new Releases(held, stream);
    RestSwitch rest = new RestSwitch();
    FetchRound round =
        new FetchRound(
            new FetchRound.Parts(
                stream,
                store,
                held,
                threads,
                intake,
                prefetch,
                releases,
                new ParkedEvents(stream, pipeline::wakings, clocks),
                new Quarantine(
                    held,
                    intake,
                    releases,
                    stream::recoverSuspect,
                    around.waiter(),
                    around.pacing(),
                    config.visibilityTimeout()),
                streamOutage,
                storeOutage,
                vitals,
                listener),
            new FetchRound.Pacing(
                config.blockTimeout(),
                pipeline::hasWaitingInLine,
                around.waiter(),
                around.pacing()),
            rest);
    return new Assembly(
        held,
        vitals,
        facts,
        streamOutage,
        storeOutage,
        settler,
        threads,
        releases,
        rest,
        new FetchLoop(round, streamOutage, storeOutage, vitals, around.waiter(), around.pacing()),
        new Heartbeat(stream, held, streamOutage, clocks, config.visibilityTimeout().dividedBy(3)),
        new Watchdog(held, pipeline, settler, threads, vitals, clocks),
        new StrayEvents(held, threads, settler, vitals, clocks, around.strayBound()));
  }
}
