package dev.webhookworker;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose data are erased; every condition that is given must hold.
 *
 * @param tenantId null for any tenant
 * @param eventIds empty for any event
 * @param subject JSON Pointer into the payload, null for any
 * @param value what the payload has there, as text; null exactly when {@code subject} is
 */
public record ErasureFilter(
    @Nullable String tenantId,
    List<String> eventIds,
    @Nullable String subject,
    @Nullable String value) {

  /**
   * @throws IllegalArgumentException when no condition is given or one is malformed
   */
  public ErasureFilter {
    eventIds = List.copyOf(eventIds);
    if (tenantId == null && eventIds.isEmpty() && subject == null) {
      throw new IllegalArgumentException(
          "name a tenant, event ids or a subject: nothing is erased without a condition");
    }
    if ((subject == null) != (value == null)) {
      throw new IllegalArgumentException("a subject is a JSON Pointer and its value");
    }
    if (subject != null) {
      JsonPointer.compile(subject);
    }
  }

  /** The conditions without personal data, for the audit log. */
  public String described() {
    return (tenantId == null ? "" : "tenant " + tenantId + "; ")
        + (eventIds.isEmpty() ? "" : eventIds.size() + " event ids; ")
        + (subject == null ? "" : "subject at " + subject + "; ");
  }
}
