package dev.webhookworker.port;

import org.jspecify.annotations.Nullable;

/**
 * Both versions of a dead letter's payload that somebody has edited, encrypted as the dead letter
 * is.
 *
 * @param tenantId the tenant, null when unknown
 */
public record PayloadEdit(
    String entryId, String eventId, @Nullable String tenantId, String before, String after) {}
