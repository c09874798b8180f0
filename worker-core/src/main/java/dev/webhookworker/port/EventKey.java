package dev.webhookworker.port;

/**
 * One event as one entry brought it.
 *
 * @param eventId empty when the entry had no usable one
 */
public record EventKey(String eventId, String entryId) {}
