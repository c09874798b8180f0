package dev.webhookworker.ops;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes acts on the worker in the log and in the audit log. Some have to be possible while the
 * store is away, a pause above all: their lines are kept in memory and written when it is back.
 * Until then the log alone has them. Thread-safe.
 */
final class Acts {

  private static final Logger LOG = LoggerFactory.getLogger(Acts.class);
  private static final int MOST_LATE = 1000;

  private final OpsParts parts;

  private final BlockingDeque<Act> late = new LinkedBlockingDeque<>(MOST_LATE);

  private record Act(Instant at, String action, String actor, String detail) {

    /** The line has the time of its writing: a sealed day takes no more lines. */
    Act writtenAt(Instant now) {
      return new Act(now, action, actor, detail + ", at " + at);
    }
  }

  Acts(OpsParts parts) {
    this.parts = parts;
  }

  /**
   * @param action of a bounded set, e.g. {@code worker_paused}
   * @return whether it stands in the audit log
   */
  boolean note(String action, String actor, String detail) {
    Act act = new Act(parts.clock().instant(), action, actor, detail);
    boolean audited = write(act);
    LOG.atInfo()
        .addKeyValue("action", action)
        .addKeyValue("actor", actor)
        .addKeyValue("detail", detail)
        .addKeyValue("audited", audited)
        .log("Somebody acted on the operations page");
    if (!audited) {
      keep(act);
    }
    return audited;
  }

  private void keep(Act act) {
    while (!late.offerLast(act)) {
      late.pollFirst();
    }
  }

  /** Writes what is late, as far as the store takes it; by one thread at a time. */
  synchronized void writeLate() {
    Act act = late.peekFirst();
    while (act != null && write(act.writtenAt(parts.clock().instant()))) {
      late.remove(act);
      act = late.peekFirst();
    }
  }

  private boolean write(Act act) {
    try {
      String where = parts.stream().consumerName();
      parts.audit().act(act.at(), act.action(), act.actor(), where + ": " + act.detail());
      return true;
    } catch (StoreUnavailableException | StreamUnavailableException away) {
      return false;
    }
  }
}
