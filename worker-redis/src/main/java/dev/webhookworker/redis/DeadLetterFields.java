package dev.webhookworker.redis;

import dev.webhookworker.dlq.DeadLetterJson;
import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterRecord;
import dev.webhookworker.port.EntryFields;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.Settlement;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of an entry of the DLQ stream: those of the event as they were received, and {@value
 * DeadLetterJson#FIELD}. Lua hands fewer than 8,000 values to one command, so of a longer entry the
 * rest is kept in one field, framed as a waiting retry is.
 */
final class DeadLetterFields {

  static final String REST = "more_fields";

  private static final int MOST_FIELDS = 1000;
  private static final byte[] NOTHING = Command.bytes("{}");
  private static final UnreadableEntries UNREADABLE =
      new UnreadableEntries("An entry of the DLQ stream can't be read: it is left where it is");

  private DeadLetterFields() {}

  /** How many entries of the DLQ stream could not be read since the process began. */
  static long unreadable() {
    return UNREADABLE.count();
  }

  /** Names and values in turn. */
  static List<Object> of(String entryId, Settlement.Bury bury) {
    return of(entryId, bury.fields(), bury.record());
  }

  static List<Object> of(String entryId, EntryFields fields, DeadLetterRecord record) {
    List<Object> all = new ArrayList<>();
    EntryFields.Builder rest = EntryFields.builder(0);
    fields.forEach(
        (name, value) -> {
          if (all.size() >= 2 * MOST_FIELDS) {
            rest.add(name, value);
          } else if (!name.equals(DeadLetterJson.FIELD)) {
            all.add(name);
            all.add(value);
          }
        });
    EntryFields framed = rest.build();
    if (framed.size() > 0) {
      all.add(REST);
      all.add(new RetryFrame(AttemptState.NEW, framed).encode());
    }
    all.add(DeadLetterJson.FIELD);
    all.add(DeadLetterJson.of(entryId, record));
    return all;
  }

  /**
   * The dead letter of an entry of the DLQ stream. A stranger's entry, and one that can't be read,
   * has no reason: it is nobody's dead letter and holds up no other.
   */
  static DeadLetterEntry read(String position, EntryFields kept) {
    byte[] record = kept.bytes(DeadLetterJson.FIELD);
    if (record == null) {
      return strangers(position, kept);
    }
    try {
      return ours(position, kept, record);
    } catch (RuntimeException damaged) {
      UNREADABLE.tell(position, damaged);
      return strangers(position, kept);
    }
  }

  private static DeadLetterEntry strangers(String position, EntryFields kept) {
    return new DeadLetterEntry(position, position, kept, DeadLetterJson.read(NOTHING));
  }

  private static DeadLetterEntry ours(String position, EntryFields kept, byte[] record) {
    String entryId = DeadLetterJson.entryId(record);
    if (!EntryIds.isEntryId(entryId)) {
      throw new IllegalArgumentException("it names no entry");
    }
    EntryFields.Builder fields = EntryFields.builder(kept.size());
    kept.forEach(
        (name, value) -> {
          if (name.equals(REST)) {
            RetryFrame.decode(value).fields().forEach(fields::add);
          } else if (!name.equals(DeadLetterJson.FIELD)) {
            fields.add(name, value);
          }
        });
    return new DeadLetterEntry(position, entryId, fields.build(), DeadLetterJson.read(record));
  }
}
