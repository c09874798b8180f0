package dev.webhookworker.redis;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.SteppedEngine;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.spi.WorkerListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * One worker of the simulation: the parts of a real one, stepped, on a real stream, with what can
 * go wrong between it and the servers.
 */
final class SimulatedWorker {

  private final String name;
  private final AtomicLong nanoTime;
  private final EventStream stream;
  private final Steadiness steadiness = new Steadiness();
  private final SteppedEngine engine;

  SimulatedWorker(
      String name,
      WorkerConfig config,
      AtomicLong nanoTime,
      EventStream real,
      EventStore store,
      BiFunction<EventStream, Steadiness, EventPipeline> pipeline) {
    this.name = name;
    this.nanoTime = nanoTime;
    stream = steadiness.around(EventStream.class, real);
    engine =
        new SteppedEngine(
            config,
            stream,
            steadiness.around(EventStore.class, store),
            pipeline.apply(stream, steadiness),
            WorkerListener.NOOP,
            nanoTime::get);
  }

  String name() {
    return name;
  }

  Steadiness steadiness() {
    return steadiness;
  }

  SteppedEngine engine() {
    return engine;
  }

  Set<String> heldEntries() {
    return engine.heldEntries();
  }

  /** One turn of its fetch loop, some time after the last one. */
  void fetch(Duration since) {
    nanoTime.addAndGet(since.toNanos());
    Duration unused = engine.fetch();
  }

  void maintain() {
    try {
      stream.maintain();
    } catch (StreamUnavailableException away) {
      // As the engine, it tries again at its next round.
    }
  }

  void release() {
    try {
      engine.release();
    } catch (StreamUnavailableException away) {
      // What is owed is given back at the next turn.
    }
  }

  /** It did nothing for a while, and its clock went on. */
  void frozenFor(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  /** The process is gone, and everything it had in memory with it. */
  void crash() {
    steadiness.die();
    stream.close();
  }
}
