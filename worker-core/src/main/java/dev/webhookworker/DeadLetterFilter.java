package dev.webhookworker;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters; null and an empty set mean any. Begins with {@link #OPEN} or {@link #ALL}.
 *
 * @param statuses any of these
 * @param eventType exactly this
 * @param toolId exactly this
 * @param tenantId exactly this
 * @param errorClass exactly this
 * @param fingerprint exactly this
 * @param deadFrom ended at that time or later
 * @param deadBefore ended before that time
 * @param text is part of event id, error class or error message, in any case
 */
public record DeadLetterFilter(
    Set<DeadLetterStatus> statuses,
    @Nullable String eventType,
    @Nullable String toolId,
    @Nullable String tenantId,
    @Nullable String errorClass,
    @Nullable String fingerprint,
    @Nullable Instant deadFrom,
    @Nullable Instant deadBefore,
    @Nullable String text) {

  /** Everything that is kept. */
  public static final DeadLetterFilter ALL =
      new DeadLetterFilter(Set.of(), null, null, null, null, null, null, null, null);

  /** What somebody has to do something about: pending, retrying, failed. */
  public static final DeadLetterFilter OPEN =
      ALL.withStatuses(
          EnumSet.of(DeadLetterStatus.PENDING, DeadLetterStatus.RETRYING, DeadLetterStatus.FAILED));

  public DeadLetterFilter {
    statuses = Set.copyOf(statuses);
  }

  public DeadLetterFilter withStatuses(Set<DeadLetterStatus> any) {
    return new DeadLetterFilter(
        any, eventType, toolId, tenantId, errorClass, fingerprint, deadFrom, deadBefore, text);
  }

  public DeadLetterFilter withEventType(@Nullable String type) {
    return new DeadLetterFilter(
        statuses, type, toolId, tenantId, errorClass, fingerprint, deadFrom, deadBefore, text);
  }

  public DeadLetterFilter withToolId(@Nullable String tool) {
    return new DeadLetterFilter(
        statuses, eventType, tool, tenantId, errorClass, fingerprint, deadFrom, deadBefore, text);
  }

  public DeadLetterFilter withTenantId(@Nullable String tenant) {
    return new DeadLetterFilter(
        statuses, eventType, toolId, tenant, errorClass, fingerprint, deadFrom, deadBefore, text);
  }

  public DeadLetterFilter withErrorClass(@Nullable String name) {
    return new DeadLetterFilter(
        statuses, eventType, toolId, tenantId, name, fingerprint, deadFrom, deadBefore, text);
  }

  public DeadLetterFilter withFingerprint(@Nullable String print) {
    return new DeadLetterFilter(
        statuses, eventType, toolId, tenantId, errorClass, print, deadFrom, deadBefore, text);
  }

  /** Ended from {@code from} until before {@code before}; null for no bound. */
  public DeadLetterFilter withDead(@Nullable Instant from, @Nullable Instant before) {
    return new DeadLetterFilter(
        statuses, eventType, toolId, tenantId, errorClass, fingerprint, from, before, text);
  }

  public DeadLetterFilter withText(@Nullable String part) {
    return new DeadLetterFilter(
        statuses, eventType, toolId, tenantId, errorClass, fingerprint, deadFrom, deadBefore, part);
  }
}
