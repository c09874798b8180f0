package dev.webhookworker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which processed events; null means any. A bound on the time received keeps the search to the days
 * concerned.
 *
 * @param receivedFrom received at that time or later
 * @param receivedBefore received before that time
 */
public record EventFilter(
    @Nullable String eventId,
    @Nullable String eventType,
    @Nullable String toolId,
    @Nullable String tenantId,
    @Nullable Instant receivedFrom,
    @Nullable Instant receivedBefore) {

  /** Everything that is stored. */
  public static final EventFilter ALL = new EventFilter(null, null, null, null, null, null);

  public EventFilter withEventId(@Nullable String id) {
    return new EventFilter(id, eventType, toolId, tenantId, receivedFrom, receivedBefore);
  }

  public EventFilter withEventType(@Nullable String type) {
    return new EventFilter(eventId, type, toolId, tenantId, receivedFrom, receivedBefore);
  }

  public EventFilter withToolId(@Nullable String tool) {
    return new EventFilter(eventId, eventType, tool, tenantId, receivedFrom, receivedBefore);
  }

  public EventFilter withTenantId(@Nullable String tenant) {
    return new EventFilter(eventId, eventType, toolId, tenant, receivedFrom, receivedBefore);
  }

  /** Received from {@code from} until before {@code before}; null for no bound. */
  public EventFilter withReceived(@Nullable Instant from, @Nullable Instant before) {
    return new EventFilter(eventId, eventType, toolId, tenantId, from, before);
  }
}
