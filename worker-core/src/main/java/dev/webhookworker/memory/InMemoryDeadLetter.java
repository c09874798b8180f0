package dev.webhookworker.memory;

import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.EntryFields;
import org.jspecify.annotations.Nullable;

/** An open dead letter, for assertions. */
public final class InMemoryDeadLetter {

  private final String position;
  private final String entryId;
  private final EntryFields fields;
  private final DeadLetterRecord record;

  InMemoryDeadLetter(String position, String entryId, EntryFields fields, DeadLetterRecord record) {
    this.position = position;
    this.entryId = entryId;
    this.fields = fields;
    this.record = record;
  }

  DeadLetterEntry entry() {
    return new DeadLetterEntry(position, entryId, fields, record);
  }

  public String entryId() {
    return entryId;
  }

  /** Why: e.g. {@code retries_exhausted}. */
  public String reason() {
    return record.reason();
  }

  /** The error's message, redacted. */
  public String message() {
    return record.message();
  }

  /** Failed runs. */
  public int failures() {
    return record.failures();
  }

  /** A field of the entry as text, null when absent or empty. */
  public @Nullable String field(String name) {
    return fields.text(name);
  }
}
