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
  private static final int FIRST_PAGE = 50;
  private static final int LARGEST_PAGE = 1000;
  private static final long PAGE_BYTES = 8 * 1024 * 1024;

  private final DlqParts parts;
  private final DeadLetterTable table;

  // Mutable state
  private int page = FIRST_PAGE;
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

  void sweepNext() {
    nextSweep = null;
  }

  void run(Permission permission) throws StreamUnavailableException, StoreUnavailableException {
    Instant now = parts.clock().instant();
    boolean sweep = nextSweep == null || !now.isBefore(nextSweep);
    @Nullable String position = sweep ? null : table.drainedTo(parts.name());
    while (true) {
      List<DeadLetterEntry> entries = parts.queue().after(position, page);
      if (entries.isEmpty()) {
        break;
      }
      position = entries.get(entries.size() - 1).position();
      int written =
          table.drain(
              parts.name(),
              entries.stream()
                  .filter(DeadLetterEntry::isOurs)
                  .map(entry -> DlqWorker.row(parts, entry))
                  .toList(),
              position);
      if (written > 0) {
        parts.listener().deadLettersDrained(written);
      }
      boolean last = entries.size() < page;
      fitPage(entries);
      if (last || !permission.goOn()) {
        break;
      }
    }
    if (sweep) {
      nextSweep = now.plus(BETWEEN_SWEEPS);
    }
  }

  private void fitPage(List<DeadLetterEntry> entries) {
    long bytes = entries.stream().mapToLong(entry -> entry.fields().byteSize() + 1024).sum();
    long each = Math.max(1, bytes / entries.size());
    page = (int) Math.max(1, Math.min(LARGEST_PAGE, PAGE_BYTES / each));
  }
}
