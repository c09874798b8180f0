package dev.webhookworker.dlq;

import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives dead letters up: the row says so first, with what is still owed, then they leave the queue.
 * After a crash between the two whoever looks after dead letters finishes it; in the other order
 * the row would say that the queue has lost them, and they would be run again. Thread-safe.
 */
final class Discard {

  private final DeadLetterQueue queue;
  private final @Nullable DeadLetterTable table;
  private final DlqParts parts;

  Discard(DlqParts parts) {
    this.parts = parts;
    queue = parts.queue();
    table = parts.table();
  }

  /**
   * @return how many were given up; a retry may be quicker
   */
  int begin(List<String> ids) throws StreamUnavailableException, StoreUnavailableException {
    if (table != null) {
      table.discarding(ids, parts.clock().instant());
    }
    return finish(ids);
  }

  /** Finishes what a worker or a person began and did not come to an end with. */
  void finishAll(int most) throws StreamUnavailableException, StoreUnavailableException {
    if (table != null) {
      finish(table.beingDiscarded(most));
    }
  }

  private int finish(List<String> ids)
      throws StreamUnavailableException, StoreUnavailableException {
    if (ids.isEmpty()) {
      return 0;
    }
    List<DeadLetterQueue.State> stood = queue.discard(ids);
    List<String> gone = new ArrayList<>();
    List<String> retried = new ArrayList<>();
    for (int i = 0; i < stood.size(); i++) {
      (stood.get(i) == DeadLetterQueue.State.RETRYING ? retried : gone).add(ids.get(i));
    }
    if (table != null) {
      table.discarded(gone);
      table.retriedAfterAll(retried);
    }
    return gone.size();
  }
}
