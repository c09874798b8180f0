package dev.webhookworker.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.PayloadEdit;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where acts leave their lines: in the store, else in the queue. A line is written before its act,
 * so that no act is without one.
 *
 * @param store null when events are not stored
 */
public record AuditTrail(DeadLetterQueue queue, @Nullable EventStore store) {

  void write(List<AuditEntry> lines) throws StreamUnavailableException, StoreUnavailableException {
    if (lines.isEmpty()) {
      return;
    }
    if (store == null) {
      queue.audit(lines);
    } else {
      store.store(List.of(), lines);
    }
  }

  /** What the line of an edit says: why, and the versions or, where they are kept, their name. */
  String edited(PayloadEdit edit, String reason)
      throws StreamUnavailableException, StoreUnavailableException {
    ObjectNode detail = Json.MAPPER.createObjectNode().put("reason", reason);
    Optional<String> name = store == null ? queue.keep(edit) : store.keep(edit);
    if (name.isPresent()) {
      return detail.put("versions", name.get()).toString();
    }
    return detail.put("before", edit.before()).put("after", edit.after()).toString();
  }

  /**
   * Notes an act that concerns no single event.
   *
   * @param detail without personal data
   */
  public void act(Instant at, String action, String actor, String detail)
      throws StreamUnavailableException, StoreUnavailableException {
    // The id's time decides the partition.
    write(List.of(new AuditEntry(at.toEpochMilli() + "-0", "", action, at, 0, actor, detail)));
  }

  /** Whether lines are kept by a store that knows whose an event is. */
  boolean knowsTenants() {
    return store != null;
  }

  /**
   * @param tenantId null for any; asked of a store only
   */
  List<AuditEntry> story(String eventId, @Nullable String tenantId)
      throws StreamUnavailableException, StoreUnavailableException {
    return store == null ? queue.story(eventId) : store.story(eventId, tenantId);
  }
}
