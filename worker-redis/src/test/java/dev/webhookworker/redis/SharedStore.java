package dev.webhookworker.redis;

import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The one store of all simulated workers; refuses the rows of events of the type 'refused'. */
final class SharedStore implements EventStore {

  static final String REFUSED_TYPE = "refused";

  private final Map<String, EventRecord> byEntry = new LinkedHashMap<>();

  @Override
  public void open() {}

  @Override
  public boolean isStored(String eventId, String entryId) {
    EventRecord record = byEntry.get(entryId);
    return record != null && record.eventId().equals(eventId);
  }

  @Override
  public List<StoreResult> store(List<EventRecord> records, List<AuditEntry> audit) {
    List<StoreResult> results = new ArrayList<>();
    for (EventRecord record : records) {
      if (record.eventType().equals(REFUSED_TYPE)) {
        results.add(new StoreResult.Refused("refused by the simulation"));
      } else {
        byEntry.putIfAbsent(record.entryId(), record);
        results.add(StoreResult.STORED);
      }
    }
    return results;
  }

  boolean hasEntry(String entryId) {
    return byEntry.containsKey(entryId);
  }

  boolean hasEvent(String eventId) {
    return byEntry.values().stream().anyMatch(record -> record.eventId().equals(eventId));
  }

  @Override
  public void ping() {}

  @Override
  public void close() {}
}
