package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.port.EntryFields;

/**
 * The event type of an entry that may be no event: what listeners make labels and log lines of.
 * Empty where the field could be no type.
 */
final class ClaimedType {

  private static final int LONGEST = 255;

  private ClaimedType() {}

  static String of(EntryFields fields) {
    byte[] bytes = fields.bytes("event_type");
    String type = bytes == null || bytes.length > LONGEST ? null : fields.text("event_type");
    return type == null || type.chars().anyMatch(c -> InputRules.breaksLine((char) c)) ? "" : type;
  }
}
