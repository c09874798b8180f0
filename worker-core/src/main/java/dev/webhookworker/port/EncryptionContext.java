package dev.webhookworker.port;

import org.jspecify.annotations.Nullable;

/**
 * What an encrypted value belongs to: it opens there and nowhere else. Immutable.
 *
 * @param table that it is kept in; what the queue keeps of a dead letter goes by that of its table
 * @param tenantId empty when it is nobody's
 * @param entryId empty when it is no event's
 * @param subject the event's id, or what else it is of
 */
public record EncryptionContext(String table, String tenantId, String entryId, String subject) {

  /** A value of a stored event. */
  public static EncryptionContext ofEvent(
      @Nullable String tenantId, String entryId, String eventId) {
    return new EncryptionContext("webhook_events", orEmpty(tenantId), entryId, eventId);
  }

  /** A value of a dead letter, in the queue, in its table or in one of its edited versions. */
  public static EncryptionContext ofDeadLetter(
      @Nullable String tenantId, String entryId, String eventId) {
    return new EncryptionContext("webhook_dlq", orEmpty(tenantId), entryId, eventId);
  }

  public static EncryptionContext of(DeadLetterEntry entry) {
    return ofDeadLetter(entry.record().tenantId(), entry.entryId(), entry.eventId());
  }

  /** A secret of a tool. */
  public static EncryptionContext ofTool(String toolId) {
    return new EncryptionContext("webhook_tools", "", "", "tool:" + toolId);
  }

  private static String orEmpty(@Nullable String tenantId) {
    return tenantId == null ? "" : tenantId;
  }
}
