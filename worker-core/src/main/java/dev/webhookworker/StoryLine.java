package dev.webhookworker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to an event.
 *
 * @param at when
 * @param action e.g. {@code processed}, {@code retry_scheduled}, {@code dead_letter}, {@code
 *     dlq_retry}
 * @param attempt the attempt that it concerns, 0 when none
 * @param actor the worker, or who did it
 * @param detail short text, null when there is nothing to add; of an edited retry both payloads
 */
public record StoryLine(
    Instant at, String action, int attempt, String actor, @Nullable String detail) {}
