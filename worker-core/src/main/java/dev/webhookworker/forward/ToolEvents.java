package dev.webhookworker.forward;

import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.EntryFields;
import java.util.Optional;

/** Tells which tool's event an entry is that nobody has run yet. Thread-safe. */
public interface ToolEvents {

  /**
   * The entry's event if it is that tool's; empty also when it will never be processed.
   *
   * @throws Exception when that can't be told just now
   */
  Optional<WebhookEvent> of(String toolId, String entryId, EntryFields fields) throws Exception;
}
