package dev.webhookworker.dispatch;

import dev.webhookworker.crypto.KeysUnavailableException;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.EventRejectedException;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.EventStream;
import dev.webhookworker.port.Lease;
import dev.webhookworker.port.Settlement;
import dev.webhookworker.port.StoreResult;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import dev.webhookworker.retry.Redaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes that one lane of the settler has taken and not yet settled. The order of the steps
 * is the protocol: the lease is still held, then the store commits, then the stream is told, then
 * nobody holds the event any more, then listeners are told. One outcome that can't be settled keeps
 * the others from nothing. For one thread.
 */
final class SettlementBatch {

  private static final Logger LOG = LoggerFactory.getLogger(SettlementBatch.class);
  private static final int MOST_AUDIT_LINES = 10_000;
  private static final long AUDIT_DELAY_MILLIS = 500;
  private static final long IDLE_MILLIS = 60_000;
  private static final Duration UNTIL_KEYS_ANSWER = Duration.ofMinutes(1);

  /** A batch that was refused so often in a row is divided, in case one outcome is the reason. */
  private static final int DIVIDED_AFTER = 3;

  /** An outcome that is refused so often while others pass is given another one. */
  private static final int MOST_REFUSALS = 5;

  /**
   * What settling needs.
   *
   * @param store null when events are not stored
   * @param leaseNanos how long after its last renewal a lease surely holds
   */
  record Ports(
      EventStream stream,
      @Nullable EventStore store,
      HeldEvents held,
      Settlements settlements,
      SettledFacts facts,
      Outage streamOutage,
      Outage storeOutage,
      Vitals vitals,
      Clocks clocks,
      long leaseNanos) {}

  /** An outcome with what the stream is asked to do for it, under the lease that it then had. */
  private record Asked(Finished finished, Lease lease, Settlement settlement) {}

  private final Ports ports;
  private final String step;
  private final List<Finished> toStore = new ArrayList<>();
  private final List<Finished> toSettle = new ArrayList<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private final Map<Finished, Integer> refusedAlone = new HashMap<>();
  private int refusedInARow;
  private long auditSinceNanos;

  /**
   * @param step what an outage refuses this lane, see {@link Outage}
   */
  SettlementBatch(Ports ports, String step) {
    this.ports = ports;
    this.step = step;
  }

  void add(Finished outcome) {
    if (ports.store() != null
        && outcome.conclusion().outcome() instanceof Outcome.Snooze snooze
        && snooze.unavailable() instanceof StoreUnavailableException away) {
      // What the store refused a run, it would refuse the next one: none begins until it answers.
      Duration unused = ports.storeOutage().failed(step, away);
    }
    if (ports.store() != null && needsStore(outcome)) {
      toStore.add(outcome);
    } else {
      toSettle.add(outcome);
    }
  }

  /** Notes that these events are in this lane's hands. */
  void seen(long nowNanos) {
    toStore.forEach(outcome -> outcome.held().seen(nowNanos));
    toSettle.forEach(outcome -> outcome.held().seen(nowNanos));
  }

  /** Of the events in the batch. */
  long bytes() {
    return Stream.concat(toStore.stream(), toSettle.stream())
        .mapToLong(outcome -> outcome.held().bytes())
        .sum();
  }

  private static boolean needsStore(Finished finished) {
    Outcome outcome = finished.conclusion().outcome();
    return outcome instanceof Outcome.Stale
        || (outcome instanceof Outcome.Processed processed && !processed.stored());
  }

  boolean isEmpty() {
    return toStore.isEmpty() && toSettle.isEmpty();
  }

  /** Whether nothing is left, not even an audit line that waits for company. */
  boolean isWritten() {
    return isEmpty() && audit.isEmpty();
  }

  int size() {
    return toStore.size() + toSettle.size();
  }

  /** How long the lane may wait before the audit lines have to be written. */
  long millisToAuditFlush() {
    if (audit.isEmpty()) {
      return IDLE_MILLIS;
    }
    long age = (ports.clocks().nanos() - auditSinceNanos) / 1_000_000;
    return Math.max(0, AUDIT_DELAY_MILLIS - age);
  }

  /**
   * Settles what can be settled.
   *
   * @param last whether audit lines are not to wait for company
   * @return the time to wait before the rest is tried again
   */
  Duration settle(boolean last) {
    long start = ports.clocks().nanos();
    int outcomes = size();
    try {
      dropLost(toStore);
      dropLost(toSettle);
      // A store that hangs or is away must not keep what does not need it.
      tellStream();
      Duration pause = store(last);
      tellStream();
      ports.streamOutage().over(step);
      if (outcomes > 0) {
        ports.facts().batchSettled(outcomes - size(), ports.clocks().nanos() - start);
      }
      return pause;
    } catch (StreamUnavailableException away) {
      return ports.streamOutage().failed(step, away);
    }
  }

  /** A lease that may have passed to another worker is asked for before anything is written. */
  private void dropLost(List<Finished> outcomes) throws StreamUnavailableException {
    long now = ports.clocks().nanos();
    List<Lease> doubtful = new ArrayList<>();
    for (Finished outcome : outcomes) {
      if (outcome.held().isLeaseDoubtful(now, ports.leaseNanos())) {
        doubtful.add(outcome.held().lease());
      }
    }
    if (doubtful.isEmpty()) {
      return;
    }
    Set<Lease> lost = ports.stream().renew(doubtful);
    List<Finished> discarded = new ArrayList<>();
    for (Iterator<Finished> all = outcomes.iterator(); all.hasNext(); ) {
      Finished outcome = all.next();
      Lease lease = outcome.held().lease();
      if (lost.contains(lease)) {
        all.remove();
        discarded.add(outcome);
      } else if (doubtful.contains(lease)) {
        outcome.held().renewed(now);
      }
    }
    leave(discarded);
    discarded.forEach(ports.facts()::leaseLost);
  }

  /** One transaction for all rows; what the database refuses for good becomes a dead letter. */
  private Duration store(boolean last) {
    EventStore store = ports.store();
    if (store == null) {
      return Duration.ZERO;
    }
    boolean auditIsDue = !audit.isEmpty() && (last || millisToAuditFlush() == 0);
    try {
      if (!toStore.isEmpty() || auditIsDue) {
        write(store);
      } else if (ports.storeOutage().isRefused(step)) {
        // What it refused is not owed any more (its leases are lost), so it is asked for the like.
        store.probe();
      } else {
        return Duration.ZERO;
      }
      ports.storeOutage().over(step);
      return Duration.ZERO;
    } catch (StoreUnavailableException away) {
      return ports.storeOutage().failed(step, away);
    }
  }

  private void write(EventStore store) throws StoreUnavailableException {
    List<EventRecord> records = new ArrayList<>(toStore.size());
    for (Finished finished : toStore) {
      records.add(record(finished.conclusion().outcome()));
    }
    List<StoreResult> results;
    try {
      results = store.store(records, audit);
    } catch (RuntimeException broken) {
      writeOneByOne(store, broken);
      return;
    }
    for (int i = 0; i < results.size(); i++) {
      toSettle.add(afterStore(toStore.get(i), results.get(i)));
    }
    toStore.clear();
    audit.clear();
  }

  /** One record may be the reason: the others are stored, and that one becomes a dead letter. */
  private void writeOneByOne(EventStore store, RuntimeException ofBatch)
      throws StoreUnavailableException {
    LOG.atError()
        .setCause(ForeignCode.readable(ofBatch))
        .log(
            "Storing {} events failed with {}; each is stored alone",
            toStore.size(),
            ofBatch.getClass().getName());
    for (Finished finished : List.copyOf(toStore)) {
      try {
        EventRecord record = record(finished.conclusion().outcome());
        stored(finished, store.store(List.of(record), List.of()).get(0));
      } catch (RuntimeException broken) {
        if (isRefusedForGood(finished)) {
          stored(
              finished,
              new StoreResult.Refused("storing failed with " + broken.getClass().getName()));
        }
      }
    }
    if (toStore.isEmpty()) {
      writeAuditOneByOne(store);
    } else {
      throw new StoreUnavailableException(
          "storing failed with " + ofBatch.getClass().getName(), ofBatch);
    }
  }

  private void stored(Finished finished, StoreResult result) {
    toStore.remove(finished);
    toSettle.add(afterStore(finished, result));
  }

  private void writeAuditOneByOne(EventStore store) throws StoreUnavailableException {
    while (!audit.isEmpty()) {
      AuditEntry line = audit.get(0);
      try {
        List<StoreResult> unused = store.store(List.of(), List.of(line));
      } catch (RuntimeException broken) {
        LOG.atError()
            .addKeyValue("entry_id", line.entryId())
            .addKeyValue("action", line.action())
            .log(
                "The audit line '{}' of entry {} can't be written ({}); it is dropped",
                line.action(),
                line.entryId(),
                broken.getClass().getName());
      }
      audit.remove(0);
    }
  }

  /** Counts one more refusal of this outcome alone. */
  private boolean isRefusedForGood(Finished finished) {
    return refusedAlone.merge(finished, 1, Integer::sum) >= MOST_REFUSALS;
  }

  private static EventRecord record(Outcome outcome) {
    return outcome instanceof Outcome.Stale stale
        ? stale.record()
        : ((Outcome.Processed) outcome).record();
  }

  private static Finished afterStore(Finished finished, StoreResult result) {
    return result instanceof StoreResult.Refused refused
        ? finished.dead(DeadReason.REFUSED_BY_STORE, new EventRejectedException(refused.reason()))
        : finished;
  }

  private void tellStream() throws StreamUnavailableException {
    if (toSettle.isEmpty()) {
      return;
    }
    List<Asked> asked = new ArrayList<>(toSettle.size());
    for (int i = 0; i < toSettle.size(); i++) {
      Asked one = translated(toSettle.get(i));
      if (one != null) {
        asked.add(one);
      }
    }
    if (asked.size() < toSettle.size()) {
      toSettle.clear();
      asked.forEach(one -> toSettle.add(one.finished()));
    } else {
      for (int i = 0; i < asked.size(); i++) {
        toSettle.set(i, asked.get(i).finished());
      }
    }
    if (refusedInARow >= DIVIDED_AFTER && asked.size() > 1) {
      settleOneByOne(asked);
      return;
    }
    try {
      done(asked, ports.stream().settle(asked.stream().map(Asked::settlement).toList()));
      refusedInARow = 0;
    } catch (StreamUnavailableException away) {
      refusedInARow++;
      throw away;
    } catch (RuntimeException broken) {
      LOG.atError()
          .setCause(ForeignCode.readable(broken))
          .log(
              "Settling {} outcomes failed with {}; each is settled alone",
              asked.size(),
              broken.getClass().getName());
      settleOneByOne(asked);
    }
  }

  /** What passes is done; what is refused while others pass is the reason, and gets another end. */
  private void settleOneByOne(List<Asked> all) throws StreamUnavailableException {
    Map<Finished, Exception> refused = new LinkedHashMap<>();
    boolean serverRefuses = false;
    for (Asked one : all) {
      try {
        done(List.of(one), ports.stream().settle(List.of(one.settlement())));
      } catch (StreamUnavailableException away) {
        refused.put(one.finished(), away);
        serverRefuses = true;
      } catch (RuntimeException broken) {
        refused.put(one.finished(), broken);
      }
    }
    // A server that refuses everything is away, and nothing of the batch is to blame.
    boolean othersPass = refused.size() < all.size() || !serverRefuses;
    if (othersPass) {
      refused.forEach(
          (finished, refusal) -> {
            if (isRefusedForGood(finished)) {
              refusedForGood(finished, refusal);
            }
          });
    }
    if (refused.isEmpty()) {
      refusedInARow = 0;
    } else {
      Exception first = refused.values().iterator().next();
      throw new StreamUnavailableException(Redaction.messageOf(first), first);
    }
  }

  private void refusedForGood(Finished finished, Exception refusal) {
    refusedAlone.remove(finished);
    toSettle.remove(finished);
    if (finished.conclusion().outcome() instanceof Outcome.Dead dead
        && dead.reason() == DeadReason.UNSETTLED) {
      letGo(finished, refusal);
    } else {
      toSettle.add(finished.dead(DeadReason.UNSETTLED, refusal));
    }
  }

  /**
   * What the stream is asked, for this outcome or for the one that had to take its place; null when
   * the event had to be let go.
   */
  private @Nullable Asked translated(Finished finished) {
    try {
      return asked(finished);
    } catch (KeysUnavailableException away) {
      return asked(finished.putOff(UNTIL_KEYS_ANSWER, String.valueOf(away.getMessage())));
    } catch (RuntimeException | Error broken) {
      try {
        return asked(finished.dead(DeadReason.UNSETTLED, broken));
      } catch (RuntimeException | Error again) {
        letGo(finished, again);
        return null;
      }
    }
  }

  private Asked asked(Finished finished) {
    var admitted = finished.held().admitted();
    return new Asked(
        finished,
        admitted.delivery().lease(),
        ports
            .settlements()
            .settlement(admitted.delivery(), admitted.claim(), finished.conclusion())
            .orElseThrow());
  }

  /** Nothing can be written for it: it is delivered again, and ends as poison if that goes on. */
  private void letGo(Finished finished, Throwable why) {
    leave(List.of(finished));
    ports.vitals().strayed();
    LOG.atError()
        .addKeyValue("entry_id", finished.held().delivery().entryId())
        .setCause(ForeignCode.readable(why))
        .log(
            "The outcome of entry {} can't be settled ({}); it is let go and delivered again after"
                + " the visibility timeout",
            finished.held().delivery().entryId(),
            why.getClass().getName());
  }

  /** Nobody is told before the events have left: a listener must not hold one. */
  private void done(List<Asked> asked, List<Settlement.Result> results) {
    List<Finished> settled = new ArrayList<>(asked.size());
    List<Finished> discarded = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      Finished finished = asked.get(i).finished();
      if (results.get(i) != Settlement.Result.LOST) {
        settled.add(finished);
      } else if (finished.held().lease().equals(asked.get(i).lease())) {
        discarded.add(finished);
      }
      // Else a lost group has brought it again meanwhile: it is settled under its new lease.
    }
    if (settled.size() == toSettle.size()) {
      toSettle.clear();
    } else {
      Set<Finished> gone = new HashSet<>(settled);
      gone.addAll(discarded);
      toSettle.removeIf(gone::contains);
    }
    leave(settled);
    leave(discarded);
    for (Finished finished : settled) {
      ForeignCode.tell(ports.facts(), () -> ports.facts().settled(finished));
      ForeignCode.tell(ports.settlements(), () -> keepAudit(finished));
    }
    for (Finished finished : discarded) {
      ForeignCode.tell(ports.facts(), () -> ports.facts().leaseLost(finished));
    }
  }

  private void leave(List<Finished> outcomes) {
    if (!outcomes.isEmpty()) {
      ports.held().removeAll(outcomes.stream().map(Finished::held).toList());
      outcomes.forEach(refusedAlone::remove);
    }
  }

  private void keepAudit(Finished finished) {
    if (ports.store() == null) {
      return;
    }
    for (AuditEntry line :
        ports.settlements().audit(finished.held().delivery(), finished.conclusion())) {
      keepAudit(line);
    }
  }

  private void keepAudit(AuditEntry line) {
    if (audit.isEmpty()) {
      auditSinceNanos = ports.clocks().nanos();
    }
    if (audit.size() >= MOST_AUDIT_LINES) {
      audit.remove(0);
      LOG.atWarn()
          .addKeyValue("kept", MOST_AUDIT_LINES)
          .log("The database is away too long: the oldest audit line was dropped");
    }
    audit.add(line);
  }
}
