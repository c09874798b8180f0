package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.periodic.FailingTask;
import dev.webhookworker.periodic.PeriodicTask;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes by itself: dead letters are drained from the queue to the table, retried by policy, and
 * rows that a crash left behind are put right. One worker at a time does it, by a lease; everything
 * may be done twice, and what is written to the table is fenced, so a worker that has lost the
 * lease without knowing does no harm.
 */
public final class DlqWorker implements AutoCloseable {

  private static final Duration LONGEST_END = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(DlqWorker.class);
  private static final String ROLE = "dlq_worker";
  private static final int MOST_MARKED = 1000;

  /** A row that was marked just now may be about to get its end from the store. */
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(1);

  private static final Duration UNREADABLE_WAITS = Duration.ofHours(1);

  private final DlqParts parts;
  private final BatchReinjector reinjector;
  private final @Nullable Drain drain;
  private final @Nullable StoredDeadLetters stored;
  private final Supplier<String> workerName;
  private final String owner = UUID.randomUUID().toString();

  private volatile @Nullable PeriodicTask task;

  // Mutable state, for the timer's thread or the test that calls runOnce.
  private boolean leading;
  private @Nullable Instant nextRetries;
  private @Nullable String problem;

  private DlqWorker(DlqParts parts, Supplier<String> workerName, @Nullable EventStore store) {
    stored = store == null ? null : new StoredDeadLetters(parts, store);
    this.parts = parts;
    this.workerName = workerName;
    reinjector = new BatchReinjector(parts, new Reinjector(parts));
    DeadLetterTable table = parts.table();
    drain = table == null ? null : new Drain(parts, table);
  }

  /**
   * @param workerName known once the stream is open
   * @param store null when events are not stored
   */
  public static DlqWorker of(
      DlqParts parts, Supplier<String> workerName, @Nullable EventStore store) {
    return new DlqWorker(parts, workerName, store);
  }

  /**
   * @param ready whether queue and store are open
   */
  public void start(BooleanSupplier ready) {
    task =
        PeriodicTask.every(
            parts.settings().drainInterval(),
            "looking after dead letters",
            "worker-dlq",
            () -> {
              if (ready.getAsBoolean()) {
                runSafely();
              }
            });
  }

  /** What it is when it keeps failing. */
  public Optional<FailingTask> failing() {
    PeriodicTask started = task;
    return started == null ? Optional.empty() : started.failing();
  }

  private void runSafely() {
    try {
      runOnce();
      if (problem != null) {
        LOG.atInfo().log("Dead letters are looked after again");
        problem = null;
      }
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      if (problem == null) {
        LOG.atWarn()
            .addKeyValue("problem", away.getMessage())
            .log(
                "Dead letters are not looked after for now ({}); they stay in the queue",
                away.getMessage());
      }
      problem = away.getMessage();
    }
  }

  /**
   * One round, if the role is this worker's.
   *
   * @return whether it is
   */
  public boolean runOnce() throws StreamUnavailableException, StoreUnavailableException {
    boolean mine = parts.queue().lease(ROLE, owner, parts.settings().lease());
    if (mine && !leading) {
      if (drain != null) {
        drain.takeOver();
      }
      LOG.atInfo().addKeyValue("worker", workerName.get()).log("Looks after dead letters from now");
    }
    leading = mine;
    if (!mine) {
      return false;
    }
    Instant now = parts.clock().instant();
    if (drain != null) {
      // A long drain must not lose the role.
      if (!drain.run(() -> parts.queue().lease(ROLE, owner, parts.settings().lease()))) {
        leading = false;
        return false;
      }
      new Discard(parts).finishAll(MOST_MARKED);
      settleMarked(parts.queue(), drain.table(), now);
      forgetRefused(parts.queue(), drain.table());
    }
    if (stored != null) {
      stored.look(workerName.get());
    }
    if (nextRetries == null || !now.isBefore(nextRetries)) {
      nextRetries = now.plus(parts.settings().retryInterval());
      retryDue(now);
    }
    return true;
  }

  private void retryDue(Instant now) throws StreamUnavailableException, StoreUnavailableException {
    if (parts.settings().maxRetries() == 0) {
      return;
    }
    List<DeadLetter> due = parts.view().due(now, parts.settings().batchSize());
    List<String> unreadable = new ArrayList<>();
    int from = 0;
    while (from < due.size()) {
      List<DeadLetter> next = due.subList(from, Math.min(due.size(), from + reinjector.room()));
      List<BatchReinjector.Sent> sent = reinjector.reinject(next, workerName.get(), "by policy");
      for (int i = 0; i < sent.size(); i++) {
        if (sent.get(i) == BatchReinjector.Sent.UNREADABLE) {
          unreadable.add(next.get(i).id());
        }
      }
      from += next.size();
    }
    if (parts.table() != null) {
      // Others must not wait behind them.
      parts.table().postpone(unreadable, now.plus(UNREADABLE_WAITS));
    }
  }

  /** Rows whose retry has ended in a way that their own transaction did not mark. */
  private void settleMarked(DeadLetterQueue queue, DeadLetterTable table, Instant now)
      throws StreamUnavailableException, StoreUnavailableException {
    List<String> marked = table.retryingSince(now.minus(SETTLED_AFTER), MOST_MARKED);
    List<DeadLetterQueue.State> states = queue.states(marked);
    List<String> open = new ArrayList<>();
    List<String> ended = new ArrayList<>();
    List<String> discarded = new ArrayList<>();
    for (int i = 0; i < marked.size(); i++) {
      switch (states.get(i)) {
        case OPEN -> open.add(marked.get(i));
        case NONE -> ended.add(marked.get(i));
        case DISCARDED -> discarded.add(marked.get(i));
        case RETRYING -> {}
      }
    }
    table.reopened(open);
    table.ended(ended, now);
    table.discarding(discarded, now);
    table.discarded(discarded);
  }

  /** What the table refused and is no open dead letter any more. */
  private static void forgetRefused(DeadLetterQueue queue, DeadLetterTable table)
      throws StreamUnavailableException, StoreUnavailableException {
    List<String> refused = table.refused(MOST_MARKED);
    if (refused.isEmpty()) {
      return;
    }
    List<DeadLetterQueue.State> states = queue.states(refused);
    List<String> over = new ArrayList<>();
    for (int i = 0; i < refused.size(); i++) {
      if (states.get(i) == DeadLetterQueue.State.NONE) {
        over.add(refused.get(i));
      }
    }
    table.forgetRefused(over);
  }

  @Override
  public void close() {
    PeriodicTask started = task;
    if (started != null) {
      started.close();
    }
    try {
      if ((started == null || started.awaitEnd(LONGEST_END)) && leading) {
        parts.queue().giveUp(ROLE, owner);
      }
    } catch (StreamUnavailableException away) {
      LOG.atDebug().log("The role of looking after dead letters is left to run out");
    }
  }

  /** Rows for the table, by policy. */
  static DeadLetterTable.Row row(DlqParts parts, DeadLetterEntry entry) {
    int retries = entry.record().retries().count();
    boolean again = entry.record().retryable() && retries < parts.settings().maxRetries();
    return new DeadLetterTable.Row(
        entry,
        parts.settings().usedUp(retries),
        again ? entry.record().deadAt().plus(parts.settings().ageForRetry(retries)) : null);
  }
}
