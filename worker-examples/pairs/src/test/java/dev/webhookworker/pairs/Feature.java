package dev.webhookworker.pairs;

import java.util.List;

/** What makes the way of an event another one than the plain way. */
enum Feature {
  /** The handler writes through the transaction that stores its event. */
  INBOX("\"default_processing_mode\": \"store_only\""),
  ORDERED_DESTINATION(
      """
      "default_processing_mode": "store_and_forward",
      "destinations": [{"name": "crm", "url": "%s", "ordered": true}]"""),
  ORDER_GUARD(
      """
      "order_guard": {"resource": "resource", "version": "version", "keep": "1h"}"""),
  LIMITED_TOOL("\"max_concurrent\": 1"),
  /** The fault comes while the event waits, those of its handler at its first run afterwards. */
  PAUSED_TOOL("\"paused\": true"),
  /** The event was a dead letter, and the fault comes in its retry. */
  DEAD_LETTER_RETRY("\"default_processing_mode\": \"store_only\""),
  /** The event was processed, and the fault comes when it is replayed. */
  REPLAY("\"default_processing_mode\": \"store_only\"");

  static final String FIRST = "e0";
  static final String SECOND = "e1";

  /** Fails for good at its only run, in the middle of the fault. */
  static final String DOOMED = "doomed";

  static final String REPLAY_NAME = "again";

  private final String settings;

  Feature(String settings) {
    this.settings = settings;
  }

  /** The tool's JSON. */
  String tool(String destination, boolean released) {
    String now = released ? settings.replace("\"paused\": true", "\"paused\": false") : settings;
    return """
    {"id": "t", "webhook_config": {%s,
      "events": [{"event_type": "*"}, {"event_type": "struck", "timeout": "700ms"}]}}
    """
        .formatted(now.replace("%s", destination));
  }

  /** The event that the fault meets; a replay's id ends with the entry of its original. */
  String struck() {
    return this == REPLAY ? FIRST + "~" + REPLAY_NAME : FIRST;
  }

  boolean isStruck(String eventId) {
    return withoutEntry(eventId).equals(struck());
  }

  static String withoutEntry(String eventId) {
    return eventId.replaceFirst("~\\d+-\\d+$", "");
  }

  /** What waits for the event that the fault meets, and is processed. */
  List<String> later() {
    return switch (this) {
      case ORDERED_DESTINATION, ORDER_GUARD, LIMITED_TOOL -> List.of(SECOND);
      default -> List.of();
    };
  }
}
