package dev.webhookworker.dlq;

import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies dead letters from the queue to the table, from where it stopped, and now and then from the
 * beginning, for what a lost position may have skipped. For one thread.
 */
final class Drain {

  private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);
  private static final int LARGEST_PAGE = 1000;

  private final DlqParts parts;
  private final DeadLetterTable table;

  // Mutable state
  private final PageSize page = new PageSize(LARGEST_PAGE);
  private long fence;
  private @Nullable Instant nextSweep;

  Drain(DlqParts parts, DeadLetterTable table) {
    this.parts = parts;
    this.table = table;
  }

  /** Asks between pages whether to go on. */
  interface Permission {
    boolean goOn() throws StreamUnavailableException;
  }

  DeadLetterTable table() {
    return table;
  }

  /** Begins from the start of the queue, as the only one from now. */
  void takeOver() throws StoreUnavailableException {
    fence = table.takeOver(parts.name());
    nextSweep = null;
  }

  /**
   * @return false when another has taken over
   */
  boolean run(Permission permission) throws StreamUnavailableException, StoreUnavailableException {
    Instant now = parts.clock().instant();
    boolean sweep = nextSweep == null || !now.isBefore(nextSweep);
    @Nullable String position = sweep ? null : table.drainedTo(parts.name());
    while (true) {
      List<DeadLetterEntry> entries = parts.queue().after(position, page.next());
      if (entries.isEmpty()) {
        break;
      }
      position = entries.get(entries.size() - 1).position();
      int written =
          table.drain(
              parts.name(),
              fence,
              entries.stream()
                  .filter(DeadLetterEntry::isOurs)
                  .map(entry -> DlqWorker.row(parts, entry))
                  .toList(),
              position);
      if (written == DeadLetterTable.OVERTAKEN) {
        return false;
      }
      if (written > 0) {
        parts.listener().deadLettersDrained(written);
      }
      page.fit(
          entries.size(), entries.stream().mapToLong(entry -> entry.fields().byteSize()).sum());
      if (!permission.goOn()) {
        break;
      }
    }
    if (sweep) {
      nextSweep = now.plus(BETWEEN_SWEEPS);
    }
    return true;
  }
}
