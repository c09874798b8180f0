package dev.webhookworker.memory;

import dev.webhookworker.port.AuditEntry;
import dev.webhookworker.port.EntryIds;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The event store in memory. Thread-safe. */
final class InMemoryStore implements EventStore {

  private final Map<String, EventRecord> records = new LinkedHashMap<>();
  private final List<AuditEntry> audit = new ArrayList<>();

  @Override
  public void open() {}

  @Override
  public synchronized boolean isStored(String eventId, String entryId) {
    return records.containsKey(key(eventId, entryId));
  }

  @Override
  public synchronized Optional<String> storedLater(
      String eventId, @Nullable String tenantId, String entryId) {
    return records.values().stream()
        .filter(record -> record.eventId().equals(eventId))
        .filter(record -> Objects.equals(record.tenantId(), tenantId))
        .map(EventRecord::entryId)
        .filter(id -> EntryIds.compare(id, entryId) > 0)
        .findFirst();
  }

  @Override
  public synchronized List<StoreResult> store(
      List<EventRecord> newRecords, List<AuditEntry> entries) {
    newRecords.forEach(
        record -> records.putIfAbsent(key(record.eventId(), record.entryId()), record));
    audit.addAll(entries);
    return newRecords.stream().map(stored -> StoreResult.STORED).toList();
  }

  private static String key(String eventId, String entryId) {
    return entryId + " " + eventId;
  }

  @Override
  public synchronized List<AuditEntry> story(String eventId, @Nullable String tenantId) {
    // Lines name no tenant, and what is over has no dead letter to ask: only stored events have
    // one.
    boolean visible =
        tenantId == null
            || records.values().stream()
                .anyMatch(
                    record ->
                        record.eventId().equals(eventId) && tenantId.equals(record.tenantId()));
    return visible
        ? audit.stream().filter(line -> line.eventId().equals(eventId)).toList()
        : List.of();
  }

  synchronized List<String> eventIds() {
    return records.values().stream().map(EventRecord::eventId).toList();
  }

  @Override
  public void ping() {}

  @Override
  public void close() {}
}
