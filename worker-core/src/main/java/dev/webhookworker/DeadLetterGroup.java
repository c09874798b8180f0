package dev.webhookworker;

import java.time.Instant;

/**
 * Dead letters of one cause.
 *
 * @param fingerprint what they have in common
 * @param count how many
 * @param firstSeen when the first of them ended
 * @param lastSeen when the last of them ended
 * @param sample the last of them
 */
public record DeadLetterGroup(
    String fingerprint, long count, Instant firstSeen, Instant lastSeen, DeadLetter sample) {}
