package dev.webhookworker.ops;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes acts on the worker in the log and in the audit log. One that has to be possible while the
 * store is away, a pause above all, is then noted in the log alone.
 */
final class Acts {

  private static final Logger LOG = LoggerFactory.getLogger(Acts.class);

  private final OpsParts parts;

  Acts(OpsParts parts) {
    this.parts = parts;
  }

  /**
   * @param action of a bounded set, e.g. {@code worker_paused}
   * @return whether it stands in the audit log
   */
  boolean note(String action, String actor, String detail) {
    boolean audited = write(action, actor, detail);
    LOG.atInfo()
        .addKeyValue("action", action)
        .addKeyValue("actor", actor)
        .addKeyValue("detail", detail)
        .addKeyValue("audited", audited)
        .log("Somebody acted on the operations page");
    return audited;
  }

  private boolean write(String action, String actor, String detail) {
    try {
      String where = parts.stream().consumerName();
      parts.audit().act(parts.clock().instant(), action, actor, where + ": " + detail);
      return true;
    } catch (StoreUnavailableException | StreamUnavailableException away) {
      return false;
    }
  }
}
