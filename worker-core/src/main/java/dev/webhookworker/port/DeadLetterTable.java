package dev.webhookworker.port;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of dead letters, to which the queue is drained. Thread-safe. */
public interface DeadLetterTable extends DeadLetterView {

  /**
   * A dead letter as it is written to the table.
   *
   * @param failed whether the worker's own retries are used up
   * @param nextRetryAt when the worker may retry it by itself, null when never
   */
  record Row(DeadLetterEntry entry, boolean failed, @Nullable Instant nextRetryAt) {}

  /** Up to which position the queue of that name was drained, null before the first time. */
  @Nullable String drainedTo(String queue) throws StoreUnavailableException;

  /** What {@link #drain} returns when another has taken over. */
  int OVERTAKEN = -1;

  /**
   * Begins to drain a queue: whoever did it before writes nothing more.
   *
   * @return the fence to give to {@link #drain}; it grows
   */
  long takeOver(String queue) throws StoreUnavailableException;

  /**
   * Writes rows and the position in one transaction. A row whose position is there already, or a
   * later one, is left as it is; a row that the database refuses is logged and told by {@link
   * #refused}.
   *
   * @param fence of the last take-over
   * @param position up to where the queue is drained with these; null to leave it
   * @return how many rows were written, {@link #OVERTAKEN} when the fence is an older one and
   *     nothing was written
   */
  int drain(String queue, long fence, List<Row> rows, @Nullable String position)
      throws StoreUnavailableException;

  /** Marks what was put back into the retry schedule. */
  void retrying(List<String> entryIds, Instant at) throws StoreUnavailableException;

  /** Lets the worker's own retry of them wait until then. */
  void postpone(List<String> entryIds, Instant until) throws StoreUnavailableException;

  /**
   * Marks open ones as given up before they leave the queue, which is still owed: whoever looks
   * after dead letters sees to it should the caller not come back.
   */
  void discarding(List<String> entryIds, Instant at) throws StoreUnavailableException;

  /** Those that are given up have left the queue. */
  void discarded(List<String> entryIds) throws StoreUnavailableException;

  /** A retry was quicker: those were not given up after all. */
  void retriedAfterAll(List<String> entryIds) throws StoreUnavailableException;

  /** Those that were given up and have still to leave the queue. */
  List<String> beingDiscarded(int max) throws StoreUnavailableException;

  /** Entries that the database refuses for good; they are in the queue alone. */
  List<String> refused(int max) throws StoreUnavailableException;

  /** Those have left the queue as well. */
  void forgetRefused(List<String> entryIds) throws StoreUnavailableException;

  /** Those marked as retrying before a time, at most {@code max}. */
  List<String> retryingSince(Instant before, int max) throws StoreUnavailableException;

  /** Marks again as open what is an open dead letter after all. */
  void reopened(List<String> entryIds) throws StoreUnavailableException;

  /**
   * For those whose retry has left the queue: resolved where the event is stored, with a line in
   * the audit log, else open, because the queue has lost it.
   */
  void ended(List<String> entryIds, Instant at) throws StoreUnavailableException;

  /**
   * Deletes resolved and discarded ones that died before a time, of one tenant or of all; not those
   * that have still to leave the queue, which would come again.
   */
  int purge(Instant deadBefore, @Nullable String tenantId) throws StoreUnavailableException;
}
