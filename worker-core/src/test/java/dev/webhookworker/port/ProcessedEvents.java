package dev.webhookworker.port;

import java.time.Instant;

/** Records of processed events, of which only the ids matter. */
public final class ProcessedEvents {

  private ProcessedEvents() {}

  public static EventRecord record(String entryId, String eventId) {
    return new EventRecord(
        entryId,
        eventId,
        "push",
        "default",
        null,
        null,
        null,
        JsonText.of("{}"),
        null,
        null,
        null,
        "1",
        1,
        Instant.EPOCH,
        "worker",
        0);
  }
}
