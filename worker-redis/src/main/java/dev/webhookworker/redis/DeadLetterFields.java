package dev.webhookworker.redis;

import dev.webhookworker.port.AttemptState;
import dev.webhookworker.port.EntryFields;
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

  private DeadLetterFields() {}

  /** Names and values in turn. */
  static List<Object> of(String entryId, Settlement.Bury bury) {
    List<Object> all = new ArrayList<>();
    EntryFields.Builder rest = EntryFields.builder(0);
    bury.fields()
        .forEach(
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
    all.add(DeadLetterJson.of(entryId, bury.record()));
    return all;
  }
}
