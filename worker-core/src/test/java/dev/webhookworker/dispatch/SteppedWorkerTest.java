package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.MovableClock;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Fault;
import dev.webhookworker.port.FaultyPorts;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.spi.WorkerModule;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The loop, the lanes and the timers of a worker, step by step. */
class SteppedWorkerTest {

  private static final Duration VISIBILITY = Duration.ofSeconds(10);

  private final MovableClock clock = new MovableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryModule memory = InMemoryModule.create(clock);
  private final List<String> ran = new ArrayList<>();
  private EventHandler handler = (event, context) -> ran.add(event.eventId());

  private SteppedEngine engine(String name, FaultyPorts ports) {
    WorkerConfig config =
        WorkerConfig.builder().consumerName(name).visibilityTimeout(VISIBILITY).build();
    EventStream stream = ports.eventStream(config).orElseThrow();
    EventStore store = ports.eventStore(config).orElseThrow();
    return new SteppedEngine(
        config,
        stream,
        store,
        Pipelines.with(config, stream, store, clock, (e, c) -> handler.handle(e, c)),
        WorkerListener.NOOP,
        () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
  }

  private SteppedEngine engine(String name) {
    return engine(name, failing("EventStream.depth", Fault.ERROR_BEFORE, 1_000_000));
  }

  private FaultyPorts failing(String call, Fault fault, int times) {
    return failing(memory, call, fault, times);
  }

  private static FaultyPorts failing(WorkerModule real, String call, Fault fault, int times) {
    Method method =
        FaultyPorts.remoteCalls().stream()
            .filter(
                one -> (one.getDeclaringClass().getSimpleName() + "." + one.getName()).equals(call))
            .findFirst()
            .orElseThrow();
    return new FaultyPorts(real, method, fault, 0, times);
  }

  private void settle(SteppedEngine engine) {
    engine.settle(0);
    engine.settle(1);
  }

  @Test
  void oneTurnFetchesAndAdmitsOneRunsOneSettles() {
    SteppedEngine one = engine("one");
    one.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    assertThat(one.held()).isEqualTo(1);
    assertThat(one.handle(10)).isEqualTo(1);
    assertThat(memory.processed()).isEmpty();
    settle(one);
    assertThat(memory.processed()).containsExactly("1");
    assertThat(one.held()).isZero();
  }

  @Test
  void aReleaseThatFailsIsOwedAndDoneAtTheNextTurn() throws Exception {
    SteppedEngine one = engine("one", failing("EventStream.release", Fault.ERROR_BEFORE, 1));
    one.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    try {
      one.release();
    } catch (dev.webhookworker.port.StreamUnavailableException away) {
      assertThat(one.held()).as("held until the stream knows").isEqualTo(1);
    }
    one.pause();
    one.fetch();
    one.resume();
    one.fetch();
    // It came back to this worker, as any other could have taken it.
    clock.advance(VISIBILITY.plusSeconds(1));
    one.fetch();
    one.handle(10);
    settle(one);
    assertThat(ran).containsExactly("1");
    assertThat(one.held()).isZero();
  }

  @Test
  void whatAnotherWorkerHasTakenOverIsNotBegunWhenItsOwnClockShowsThatTheLeaseIsOver() {
    SteppedEngine frozen = engine("frozen");
    SteppedEngine other = engine("other");
    frozen.fetch();
    other.fetch();
    memory.publish("1", "push", "{}");
    frozen.fetch();
    clock.advance(VISIBILITY.plusSeconds(1));
    other.fetch();
    other.handle(10);
    frozen.handle(10);
    settle(other);
    settle(frozen);
    assertThat(ran).as("runs of the one event").containsExactly("1");
    assertThat(frozen.held()).isZero();
    assertThat(memory.processed()).containsExactly("1");
  }

  @Test
  void aLateSuccessOfAFrozenWorkerDoesNotJoinTheDeadLetterOfAnother() {
    SteppedEngine frozen = engine("frozen");
    SteppedEngine other = engine("other");
    frozen.fetch();
    other.fetch();
    memory.publish("1", "push", "{}");
    frozen.fetch();
    frozen.handle(10);
    clock.advance(VISIBILITY.plusSeconds(1));
    handler =
        (event, context) -> {
          throw new NonRetryableException("not here");
        };
    other.fetch();
    other.handle(10);
    settle(other);
    settle(frozen);
    assertThat(memory.deadLetters()).hasSize(1);
    assertThat(memory.processed()).isEmpty();
    assertThat(frozen.held()).isZero();
  }

  @Test
  void anOutageOfTheStoreEndsAlthoughWhatItRefusedIsNotOwedAnyMore() {
    SteppedEngine one = engine("one", failing("EventStore.store", Fault.ERROR_BEFORE, 1));
    SteppedEngine other = engine("other");
    one.fetch();
    other.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    one.handle(1);
    settle(one);
    assertThat(one.isStoreAway()).isTrue();
    clock.advance(VISIBILITY.plusSeconds(1));
    other.fetch();
    other.handle(1);
    settle(other);
    settle(one);
    settle(one);
    assertThat(one.isStoreAway()).as("its lease was lost, and the store answers").isFalse();
    memory.publish("2", "push", "{}");
    one.fetch();
    one.handle(1);
    settle(one);
    assertThat(memory.processed()).containsExactly("1", "2");
  }

  @Test
  void whatTheStoreRefusesARunNoOtherRunAsksForUntilItAnswers() {
    SteppedEngine one = engine("one");
    memory.publish("1", "push", "{}");
    one.fetch();
    clock.advance(VISIBILITY.plusSeconds(1));
    FaultyPorts lookups = failing(memory, "EventStore.stored", Fault.ERROR_BEFORE, 1);
    SteppedEngine other =
        engine("other", failing(lookups, "EventStore.probe", Fault.ERROR_BEFORE, 1));
    other.fetch();
    other.handle(1);
    other.settle(0);
    assertThat(other.isStoreAway()).isTrue();
    memory.publish("2", "push", "{}");
    other.fetch();
    assertThat(other.held()).as("nothing more is taken in").isZero();
    other.settle(0);
    assertThat(other.isStoreAway()).isFalse();
    clock.advance(VISIBILITY.plusSeconds(1));
    other.fetch();
    other.handle(10);
    settle(other);
    assertThat(memory.processed()).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void anOutageOfTheStreamIsNotEndedByReadsWhileWritesAreRefused() {
    SteppedEngine one = engine("one", failing("EventStream.settle", Fault.ERROR_BEFORE, 4));
    one.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    one.handle(1);
    for (int i = 0; i < 3; i++) {
      settle(one);
      one.fetch();
      assertThat(one.isStreamAway()).as("after %s refusals and reads that work", i + 1).isTrue();
    }
    settle(one);
    settle(one);
    assertThat(one.isStreamAway()).isFalse();
    assertThat(one.held()).isZero();
  }

  @Test
  void aPausedLoopRestsOnlyWhenNothingIsOnItsWayIn() {
    RestSwitch rest = new RestSwitch();
    assertThat(rest.begin()).isTrue();
    rest.pause();
    assertThat(rest.rests()).as("in the middle of a turn").isFalse();
    assertThat(rest.begin()).isFalse();
    assertThat(rest.rests()).isTrue();
    rest.resume();
    assertThat(rest.rests()).isFalse();
  }

  @Test
  void anEventInNobodysHandsIsToldAndLetGo() {
    SteppedEngine one = engine("one");
    one.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    HeldEvent event = one.heldEvents().all().iterator().next();
    // As a bug might leave it: concluded, and its outcome lost on the way to the settler.
    event.begin();
    event.conclude();
    one.handle(1);
    clock.advance(VISIBILITY.multipliedBy(3));
    settle(one);
    one.lookForStrays();
    assertThat(one.held()).as("it may be passing from hand to hand").isEqualTo(1);
    settle(one);
    one.lookForStrays();
    assertThat(one.strayed()).isEqualTo(1);
    assertThat(one.held()).isZero();
    one.fetch();
    clock.advance(VISIBILITY.plusSeconds(1));
    one.fetch();
    one.handle(1);
    settle(one);
    assertThat(memory.processed()).containsExactly("1");
  }

  @Test
  void whatWaitsInAnOutageIsNoStray() {
    SteppedEngine one = engine("one", failing("EventStore.store", Fault.ERROR_BEFORE, 1000));
    one.fetch();
    memory.publish("1", "push", "{}");
    memory.publish("2", "push", "{}");
    one.fetch();
    one.handle(1);
    for (int minute = 0; minute < 10; minute++) {
      settle(one);
      clock.advance(Duration.ofMinutes(1));
      one.heartbeat();
      one.fetch();
      one.lookForStrays();
    }
    assertThat(one.strayed()).isZero();
    assertThat(one.held()).isEqualTo(2);
  }

  @Test
  void aRunBeyondItsLimitIsInterruptedThenGivenUpWithItsOutcomeSettled() {
    SteppedEngine one = engine("one");
    one.fetch();
    memory.publish("1", "slow", "{}");
    one.fetch();
    handler =
        (event, context) -> {
          clock.advance(Duration.ofMinutes(5).plusSeconds(1));
          one.heartbeat();
          one.watch();
          assertThat(context.cancelled()).isTrue();
          clock.advance(Duration.ofSeconds(6));
          one.watch();
        };
    one.handle(1);
    one.heartbeat();
    settle(one);
    assertThat(memory.processed()).isEmpty();
    assertThat(one.facts().retriesScheduled()).isEqualTo(1);
    assertThat(one.vitals().stuckHandlers()).as("it came back").isZero();
    assertThat(one.held()).isZero();
  }

  @Test
  void listenersAreToldAfterTheEventHasLeft() {
    // An Error of a listener must not keep the event, its lane or the worker.
    SteppedEngine[] engine = new SteppedEngine[1];
    List<Integer> heldWhenTold = new ArrayList<>();
    WorkerConfig config =
        WorkerConfig.builder().consumerName("one").visibilityTimeout(VISIBILITY).build();
    EventStream stream = memory.eventStream(config).orElseThrow();
    EventStore store = memory.eventStore(config).orElseThrow();
    engine[0] =
        new SteppedEngine(
            config,
            stream,
            store,
            Pipelines.with(config, stream, store, clock, (e, c) -> handler.handle(e, c)),
            new WorkerListener() {
              @Override
              public void processed(
                  dev.webhookworker.WebhookEvent event, String tool, int attempt, Duration time) {
                heldWhenTold.add(engine[0].held());
                throw new AssertionError("a listener with a bug");
              }
            },
            System::nanoTime);
    engine[0].fetch();
    memory.publish("1", "push", "{}");
    memory.publish("2", "push", "{}");
    engine[0].fetch();
    engine[0].handle(2);
    settle(engine[0]);
    assertThat(heldWhenTold).containsExactly(0, 0);
    assertThat(memory.processed()).containsExactly("1", "2");
  }

  @Test
  void aSuspectRunsBesideAHandlerThatLastsLongerThanTheVisibilityTimeout() {
    SteppedEngine first = engine("first");
    memory.publish("suspect", "push", "{}");
    for (SteppedEngine crashing : List.of(first, engine("second"))) {
      crashing.fetch();
      clock.advance(VISIBILITY.plusSeconds(1));
    }
    SteppedEngine last = engine("last");
    memory.publish("long", "long", "{}");
    handler =
        (event, context) -> {
          ran.add(event.eventId());
          if (event.eventId().equals("long")) {
            for (int turn = 0; turn < 40 && !ran.contains("suspect"); turn++) {
              clock.advance(Duration.ofSeconds(1));
              last.heartbeat();
              last.fetch();
              last.handle(1);
            }
          }
        };
    last.fetch();
    last.handle(1);
    assertThat(ran).containsExactly("long", "suspect");
    settle(last);
    assertThat(memory.processed()).containsExactlyInAnyOrder("long", "suspect");
  }

  @Test
  void aSnoozeForEverIsShortenedAndHoldsUpNobody() {
    SteppedEngine one = engine("one");
    handler =
        (event, context) -> {
          ran.add(event.eventId());
          if (event.eventId().equals("for ever") && ran.indexOf("for ever") == ran.size() - 1) {
            context.snooze(ChronoUnit.FOREVER.getDuration());
          }
        };
    one.fetch();
    memory.publish("for ever", "push", "{}");
    memory.publish("after it", "push", "{}");
    one.fetch();
    one.handle(2);
    settle(one);
    assertThat(memory.processed()).containsExactly("after it");
    assertThat(one.held()).isZero();
    clock.advance(WorkerConfig.builder().build().maxSnooze().plusSeconds(1));
    one.fetch();
    one.fetch();
    one.handle(1);
    settle(one);
    assertThat(memory.processed()).containsExactly("after it", "for ever");
  }

  @Test
  void whatALostGroupBringsAgainWhileItsOutcomeWaitsForTheStoreIsSettledOnce() {
    SteppedEngine one = engine("one", failing("EventStore.store", Fault.ERROR_BEFORE, 1));
    one.fetch();
    memory.publish("1", "push", "{}");
    one.fetch();
    one.handle(1);
    settle(one);
    clock.advance(VISIBILITY.plusSeconds(1));
    // The same worker is given the entry anew.
    settle(one);
    one.fetch();
    one.handle(1);
    settle(one);
    assertThat(ran).containsExactly("1");
    assertThat(memory.processed()).containsExactly("1");
    assertThat(memory.isIdle()).isTrue();
  }
}
