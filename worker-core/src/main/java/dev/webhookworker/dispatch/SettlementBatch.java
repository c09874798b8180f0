package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Conclusion;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes that one lane of the settler has taken and not yet settled. The order of the steps
 * is the protocol: the lease is still held, then the store commits, then the stream is told. For
 * one thread.
 */
final class SettlementBatch {

  private static final Logger LOG = LoggerFactory.getLogger(SettlementBatch.class);
  private static final int MOST_AUDIT_LINES = 10_000;
  private static final long AUDIT_DELAY_MILLIS = 500;
  private static final long IDLE_MILLIS = 60_000;

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
      long leaseNanos) {}

  private final Ports ports;
  private final List<Finished> toStore = new ArrayList<>();
  private final List<Finished> toSettle = new ArrayList<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private long auditSinceNanos;

  SettlementBatch(Ports ports) {
    this.ports = ports;
  }

  void add(Finished outcome) {
    if (ports.store() != null && needsStore(outcome)) {
      toStore.add(outcome);
    } else {
      toSettle.add(outcome);
    }
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
    long age = (System.nanoTime() - auditSinceNanos) / 1_000_000;
    return Math.max(0, AUDIT_DELAY_MILLIS - age);
  }

  /**
   * Settles what can be settled.
   *
   * @param last whether audit lines are not to wait for company
   * @return the time to wait before the rest is tried again
   */
  Duration settle(boolean last) {
    long start = System.nanoTime();
    int outcomes = size();
    try {
      dropLost(toStore);
      dropLost(toSettle);
      // A store that hangs or is away must not keep what does not need it.
      tellStream();
      Duration pause = store(last);
      tellStream();
      ports.streamOutage().over();
      if (outcomes > 0) {
        ports.facts().batchSettled(outcomes - size(), System.nanoTime() - start);
      }
      return pause;
    } catch (StreamUnavailableException away) {
      return ports.streamOutage().failed(away);
    }
  }

  /** A lease that may have passed to another worker is asked for before anything is written. */
  private void dropLost(List<Finished> outcomes) throws StreamUnavailableException {
    long now = System.nanoTime();
    List<Lease> doubtful = new ArrayList<>();
    for (Finished outcome : outcomes) {
      if (now - outcome.held().renewedAtNanos() > ports.leaseNanos()) {
        doubtful.add(outcome.held().lease());
      }
    }
    if (doubtful.isEmpty()) {
      return;
    }
    Set<Lease> lost = ports.stream().renew(doubtful);
    for (Iterator<Finished> all = outcomes.iterator(); all.hasNext(); ) {
      Finished outcome = all.next();
      if (lost.contains(outcome.held().lease())) {
        all.remove();
        ports.held().removeAll(List.of(outcome.held()));
        ports.facts().leaseLost(outcome);
      } else if (doubtful.contains(outcome.held().lease())) {
        outcome.held().renewed(now);
      }
    }
  }

  /** One transaction for all rows; what the database refuses for good becomes a dead letter. */
  private Duration store(boolean last) {
    EventStore store = ports.store();
    boolean auditIsDue = !audit.isEmpty() && (last || millisToAuditFlush() == 0);
    if (store == null || (toStore.isEmpty() && !auditIsDue)) {
      return Duration.ZERO;
    }
    List<EventRecord> records = new ArrayList<>(toStore.size());
    for (Finished finished : toStore) {
      records.add(record(finished.conclusion().outcome()));
    }
    try {
      List<StoreResult> results = store.store(records, audit);
      ports.storeOutage().over();
      for (int i = 0; i < results.size(); i++) {
        toSettle.add(afterStore(toStore.get(i), results.get(i)));
      }
      toStore.clear();
      audit.clear();
      return Duration.ZERO;
    } catch (StoreUnavailableException away) {
      return ports.storeOutage().failed(away);
    }
  }

  private static EventRecord record(Outcome outcome) {
    return outcome instanceof Outcome.Stale stale
        ? stale.record()
        : ((Outcome.Processed) outcome).record();
  }

  private static Finished afterStore(Finished finished, StoreResult result) {
    if (!(result instanceof StoreResult.Refused refused)) {
      return finished;
    }
    Conclusion conclusion = finished.conclusion();
    return new Finished(
        finished.held(),
        conclusion.withOutcome(
            new Outcome.Dead(
                DeadReason.REFUSED_BY_STORE,
                finished.held().delivery().state(),
                new EventRejectedException(refused.reason()))));
  }

  private void tellStream() throws StreamUnavailableException {
    if (toSettle.isEmpty()) {
      return;
    }
    List<Settlement> settlements = new ArrayList<>(toSettle.size());
    for (Finished finished : toSettle) {
      settlements.add(
          ports
              .settlements()
              .settlement(
                  finished.held().delivery(),
                  finished.held().admitted().claim(),
                  finished.conclusion())
              .orElseThrow());
    }
    List<Settlement.Result> results = ports.stream().settle(settlements);
    List<HeldEvent> done = new ArrayList<>(toSettle.size());
    for (int i = 0; i < results.size(); i++) {
      Finished finished = toSettle.get(i);
      done.add(finished.held());
      if (results.get(i) == Settlement.Result.LOST) {
        ports.facts().leaseLost(finished);
      } else {
        ports.facts().settled(finished);
        keepAudit(finished);
      }
    }
    toSettle.clear();
    ports.held().removeAll(done);
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
      auditSinceNanos = System.nanoTime();
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
