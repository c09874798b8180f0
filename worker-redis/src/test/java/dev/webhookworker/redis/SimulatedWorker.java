package dev.webhookworker.redis;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.dispatch.Settlements;
import dev.webhookworker.pipeline.Admitted;
import dev.webhookworker.pipeline.Claims;
import dev.webhookworker.pipeline.Conclusion;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.EventPipeline;
import dev.webhookworker.pipeline.EventRejectedException;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.pipeline.Run;
import dev.webhookworker.port.Admission;
import dev.webhookworker.port.Delivery;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One worker, taken apart into the steps between which it may crash, pause or lose its group: the
 * real stream, pipeline and settlements, in the order in which dispatcher and settler call them.
 */
final class SimulatedWorker {

  private enum Stage {
    RECEIVED,
    ADMITTED,
    CONCLUDED,
    TO_SETTLE,
    ACKNOWLEDGED_TOO_EARLY
  }

  /** One delivery in this worker's hands. */
  private static final class Held implements Run {
    private Admitted admitted;
    private Stage stage = Stage.RECEIVED;
    private Conclusion conclusion;
    private boolean leaseInDoubt;
    private boolean checked;

    Held(Delivery delivery) {
      admitted = new Admitted(delivery, null, null);
    }

    @Override
    public Delivery delivery() {
      return admitted.delivery();
    }

    Lease lease() {
      return delivery().lease();
    }

    boolean notConcluded() {
      return stage == Stage.RECEIVED || stage == Stage.ADMITTED;
    }

    boolean needsStore() {
      return conclusion.outcome() instanceof Outcome.Processed;
    }

    @Override
    public Instant deadline() {
      return Instant.MAX;
    }

    @Override
    public void limit(Duration timeout, RetryPolicy policy) {}

    @Override
    public boolean cancelled() {
      return false;
    }
  }

  private static final int ROUNDS_AHEAD = 2;

  private final AtomicLong nanoTime;
  private final EventStream stream;
  private final EventStore store;
  private final EventPipeline pipeline;
  private final Claims claims;
  private final Settlements settlements;
  private final BrokenRule broken;
  private final List<String> history;
  private final List<Held> held = new ArrayList<>();
  private boolean open;
  private boolean openedBefore;

  SimulatedWorker(
      WorkerConfig config,
      AtomicLong nanoTime,
      EventStream stream,
      EventStore store,
      Function<EventStream, EventPipeline> pipeline,
      BrokenRule broken,
      List<String> history) {
    this.nanoTime = nanoTime;
    this.stream = stream;
    this.store = store;
    this.pipeline = pipeline.apply(stream);
    this.claims = new Claims(config.limits());
    this.settlements =
        new Settlements(
            stream::consumerName,
            Clock.systemUTC(),
            new dev.webhookworker.crypto.FieldEncryption(config.encryption()));
    this.broken = broken;
    this.history = history;
  }

  String name() {
    return stream.consumerName();
  }

  long lag() {
    try {
      return stream.depth().lag();
    } catch (StreamUnavailableException away) {
      throw new IllegalStateException("the simulated server is up", away);
    }
  }

  Set<String> heldEntries() {
    Set<String> ids = new TreeSet<>();
    held.forEach(one -> ids.add(one.delivery().entryId()));
    return ids;
  }

  /** As the dispatcher: nothing is fetched before the stream is open (again). */
  private boolean opened() throws StreamUnavailableException {
    if (!open) {
      stream.open();
      open = true;
      boolean crashedBefore = !openedBefore;
      openedBefore = true;
      accept(stream.readOwnPending(heldEntries(), crashedBefore).deliveries());
    }
    return open;
  }

  void read(int most, boolean replyLost) {
    fetch(
        () -> {
          List<Delivery> deliveries = stream.read(most, Duration.ZERO);
          return replyLost ? List.of() : deliveries;
        });
  }

  void takeDueRetries(int most, boolean replyLost) {
    fetch(
        () -> {
          List<Delivery> deliveries = stream.takeDueRetries(most).deliveries();
          return replyLost ? List.of() : deliveries;
        });
  }

  void recover(int most) {
    fetch(() -> stream.recover(most).deliveries());
  }

  void recoverSuspect() {
    if (held.isEmpty()) {
      fetch(stream::recoverSuspect);
    }
  }

  void readOwnPending() {
    fetch(() -> stream.readOwnPending(heldEntries(), false).deliveries());
  }

  private interface Fetch {
    List<Delivery> deliveries() throws StreamUnavailableException;
  }

  private void fetch(Fetch fetch) {
    if (held.stream().anyMatch(one -> one.stage == Stage.RECEIVED)) {
      // Nothing is fetched before the marks of what was fetched are claimed.
      admit(Integer.MAX_VALUE);
      return;
    }
    attempt(
        () -> {
          if (opened()) {
            accept(fetch.deliveries());
          }
        });
  }

  private void note(String verb, Lease lease, Object what) {
    history.add(name() + " " + verb + " " + lease + ": " + what);
  }

  private void accept(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      note("received", delivery.lease(), delivery.state());
      Held again = null;
      for (Held one : held) {
        if (one.notConcluded() && one.delivery().entryId().equals(delivery.entryId())) {
          again = one;
        }
      }
      if (again == null) {
        held.add(new Held(delivery));
      } else {
        adopt(again, delivery);
      }
    }
  }

  private static void adopt(Held again, Delivery delivery) {
    Delivery kept = again.delivery();
    again.admitted =
        new Admitted(
            new Delivery(
                delivery.lease(),
                kept.fields(),
                kept.state(),
                kept.unsettledDeliveries(),
                delivery.fencingToken()),
            again.admitted.claim(),
            again.admitted.admission());
    again.leaseInDoubt = false;
  }

  void admit(int most) {
    List<Held> received = at(Stage.RECEIVED, most);
    attempt(
        () -> {
          EventStream.Claimed claimed = claimed(received);
          admitted(received, claimed, stream.admit(claimed.deliveries(), claimed.claims()));
        });
  }

  /** As the dispatcher under a backlog: what was received is admitted while more is read. */
  void readAhead(int most, boolean replyLost) {
    attempt(
        () -> {
          if (opened()) {
            for (int round = 0; round < ROUNDS_AHEAD; round++) {
              List<Held> received = at(Stage.RECEIVED, Integer.MAX_VALUE);
              EventStream.AdmittedAndRead both = stream.admitAndRead(most, () -> claimed(received));
              admitted(received, both.claimed(), both.admissions());
              accept(replyLost ? List.of() : both.next());
            }
            accept(stream.readSentAhead());
          }
        });
  }

  private EventStream.Claimed claimed(List<Held> received) {
    List<Delivery> deliveries = received.stream().map(Held::delivery).toList();
    return new EventStream.Claimed(deliveries, deliveries.stream().map(claims::of).toList());
  }

  private void admitted(List<Held> received, EventStream.Claimed claimed, List<Admission> answers) {
    for (int i = 0; i < answers.size(); i++) {
      Held one = received.get(i);
      one.admitted = new Admitted(one.delivery(), claimed.claims().get(i), answers.get(i));
      one.stage = Stage.ADMITTED;
      note("admitted", one.lease(), answers.get(i));
    }
  }

  void run(int most) {
    for (Held one : at(Stage.ADMITTED, most)) {
      one.conclusion = pipeline.run(one.admitted, one);
      one.stage = one.needsStore() ? Stage.CONCLUDED : Stage.TO_SETTLE;
      one.checked = false;
      note("ran", one.lease(), one.conclusion.outcome());
    }
  }

  /** Before anything is written, a lease that may have passed to another is asked for. */
  void checkLeases() {
    List<Held> unchecked =
        held.stream().filter(one -> !one.notConcluded() && !one.checked).toList();
    attempt(
        () -> {
          List<Held> doubtful = unchecked.stream().filter(one -> one.leaseInDoubt).toList();
          Set<Lease> lost = stream.renew(doubtful.stream().map(Held::lease).toList());
          boolean checksNothing = broken == BrokenRule.NO_OWNERSHIP_CHECK;
          for (Held one : unchecked) {
            if (one.leaseInDoubt && lost.contains(one.lease()) && !checksNothing) {
              held.remove(one);
              note("lost", one.lease(), "");
            } else {
              one.leaseInDoubt = false;
              one.checked = true;
            }
          }
        });
  }

  void store() throws StoreUnavailableException {
    if (broken == BrokenRule.ACKNOWLEDGE_BEFORE_STORE) {
      settleEarly();
    }
    for (Held one : List.copyOf(held)) {
      boolean early = one.stage == Stage.ACKNOWLEDGED_TOO_EARLY;
      if (early || (one.stage == Stage.CONCLUDED && one.checked && keepsOrder())) {
        EventRecord record = ((Outcome.Processed) one.conclusion.outcome()).record();
        note("stored", one.lease(), "");
        afterStore(one, store.store(List.of(record), List.of()).get(0));
        if (early) {
          held.remove(one);
        }
      }
    }
  }

  private boolean keepsOrder() {
    return broken != BrokenRule.ACKNOWLEDGE_BEFORE_STORE;
  }

  private static void afterStore(Held one, StoreResult result) {
    one.stage = Stage.TO_SETTLE;
    if (result instanceof StoreResult.Refused refused) {
      one.conclusion =
          new Conclusion(
              one.conclusion.event(),
              one.conclusion.toolId(),
              new Outcome.Dead(
                  DeadReason.REFUSED_BY_STORE,
                  one.delivery().state(),
                  new EventRejectedException(refused.reason())));
    }
  }

  private void settleEarly() {
    for (Held one : held) {
      if (one.stage == Stage.CONCLUDED && one.checked) {
        attempt(
            () -> {
              stream.settle(List.of(new Settlement.Acknowledge(one.lease())));
              one.stage = Stage.ACKNOWLEDGED_TOO_EARLY;
            });
        return;
      }
    }
  }

  /**
   * @param replyLost the server does it, but the worker does not learn of it and tries again later
   */
  void settle(boolean replyLost) {
    List<Held> settling =
        held.stream().filter(one -> one.stage == Stage.TO_SETTLE && one.checked).toList();
    attempt(
        () -> {
          List<Settlement> all = new ArrayList<>();
          for (Held one : settling) {
            all.add(
                settlements
                    .settlement(one.delivery(), one.admitted.claim(), one.conclusion)
                    .orElseThrow());
          }
          if (!all.isEmpty()) {
            List<Settlement.Result> results = stream.settle(all);
            for (int i = 0; i < results.size(); i++) {
              note("settled", all.get(i).lease(), results.get(i) + (replyLost ? " unheard" : ""));
            }
          }
          if (replyLost) {
            settling.forEach(one -> one.checked = false);
          } else {
            held.removeAll(settling);
          }
        });
  }

  void heartbeat() {
    attempt(
        () -> {
          Set<Lease> lost = stream.renew(held.stream().map(Held::lease).toList());
          if (broken == BrokenRule.NO_OWNERSHIP_CHECK) {
            return;
          }
          held.removeIf(one -> one.notConcluded() && lost.contains(one.lease()));
          held.forEach(one -> one.leaseInDoubt = lost.contains(one.lease()));
        });
  }

  /** Gives back what was not started. */
  void release() {
    List<Held> waiting = held.stream().filter(Held::notConcluded).toList();
    attempt(
        () -> {
          stream.release(waiting.stream().map(Held::lease).toList());
          held.removeAll(waiting);
        });
  }

  void maintain() {
    attempt(stream::maintain);
  }

  /** After a pause no lease is known to hold. */
  void wakeAfter(Duration pause) {
    nanoTime.addAndGet(pause.toNanos());
    held.forEach(one -> one.leaseInDoubt = true);
  }

  /** The process is gone, and everything it had in memory with it. */
  void crash() {
    held.clear();
    stream.close();
  }

  private List<Held> at(Stage stage, int most) {
    return held.stream().filter(one -> one.stage == stage).limit(most).toList();
  }

  private interface Step {
    void run() throws StreamUnavailableException;
  }

  private void attempt(Step step) {
    try {
      step.run();
    } catch (StreamUnavailableException away) {
      if (!away.groupMissing()) {
        throw new IllegalStateException("the simulated server is up", away);
      }
      open = false;
    }
  }
}
