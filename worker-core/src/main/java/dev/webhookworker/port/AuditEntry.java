package dev.webhookworker.port;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of an event's story other than its success (which is written with its row).
 *
 * @param entryId original entry id; its time decides the partition
 * @param eventId the event, empty when it had no usable id
 * @param action what happened: {@code retry_scheduled}, {@code snoozed}, {@code duplicate}, {@code
 *     dead_letter}, ...; a bounded set
 * @param at when
 * @param attempt the attempt that it concerns, from 1; 0 when none
 * @param actor the worker, or who did an administrative act
 * @param detail short, redacted text; null when there is nothing to add
 */
public record AuditEntry(
    String entryId,
    String eventId,
    String action,
    Instant at,
    int attempt,
    String actor,
    @Nullable String detail) {}
