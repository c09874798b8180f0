package dev.webhookworker.dispatch;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The parts of a real worker, which {@link Assembly} makes, without a thread of their own: a test
 * takes each step. Nothing waits.
 */
public final class SteppedEngine {

  private final EventStream stream;
  private final Assembly parts;

  /**
   * @param store null when events are not stored
   * @param nanoTime the worker's own clock for spans
   */
  public SteppedEngine(
      WorkerConfig config,
      EventStream stream,
      EventStore store,
      EventPipeline pipeline,
      WorkerListener listener,
      LongSupplier nanoTime) {
    this.stream = stream;
    Clocks clocks = new Clocks(Clock.systemUTC(), nanoTime);
    parts =
        Assembly.of(
            config,
            stream,
            store,
            pipeline,
            listener,
            new Assembly.Surroundings(
                clocks,
                clocks,
                new NoWaiting(),
                new Random(1),
                new NoThreads(),
                Long.MAX_VALUE,
                Prefetch.Reads.affordable(config.batchSize(), 1024, Long.MAX_VALUE / 1024),
                config.visibilityTimeout().multipliedBy(2)));
  }

  /** One turn of the fetch loop; how long it would wait before the next one. */
  public Duration fetch() {
    return parts.loop().step();
  }

  /** Runs at most so many of the events that wait for a handler. */
  public int handle(int most) {
    int ran = 0;
    while (ran < most && parts.threads().runOne() != HandlerThreads.Ran.NONE_WAITS) {
      ran++;
    }
    return ran;
  }

  /** One round of one lane of the parts.settler(). */
  public void settle(int lane) {
    List<SettlingLane> lanes = parts.settler().lanes();
    lanes.get(lane % lanes.size()).stepWithoutWaiting();
  }

  public void heartbeat() {
    Duration unused = parts.heartbeat().beat();
  }

  public void watch() {
    parts.watchdog().look();
  }

  public void lookForStrays() {
    parts.strays().look();
  }

  /** Gives back what was not started, as closing does. */
  public void release() throws StreamUnavailableException {
    parts.releases().releaseWaiting();
  }

  public void pause() {
    parts.rest().pause();
  }

  public void resume() {
    parts.rest().resume();
  }

  /** Entry ids of everything that it holds. */
  public Set<String> heldEntries() {
    return parts.held().entryIds();
  }

  public int held() {
    return parts.held().size();
  }

  /** Events that had to be let go. */
  public int strayed() {
    return parts.vitals().strays();
  }

  public boolean isStreamAway() {
    return parts.streamOutage().isOn();
  }

  public boolean isStoreAway() {
    return parts.storeOutage().isOn();
  }

  /** What loop or settler keep failing with, empty when all is well. */
  public String keepsFailing() {
    return parts.vitals().keepsFailing().orElse("");
  }

  public String consumer() {
    return stream.consumerName();
  }

  HeldEvents heldEvents() {
    return parts.held();
  }

  Vitals vitals() {
    return parts.vitals();
  }

  SettledFacts facts() {
    return parts.facts();
  }

  private static final class NoWaiting implements Waiter {
    @Override
    public void pause(Duration time) {}

    @Override
    public boolean untilHeldAtMost(HeldEvents held, int most, Duration longest) {
      return held.size() <= most;
    }

    @Override
    public Duration ofRead(Duration longest) {
      return Duration.ZERO;
    }
  }

  /** Begins nothing: the test runs what waits. */
  private static final class NoThreads extends AbstractExecutorService {
    @Override
    public void execute(Runnable task) {}

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
