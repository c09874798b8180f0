package dev.webhookworker.ingest;

/**
 * What becomes the event's payload.
 *
 * @param json one JSON value
 * @param isBody whether it is the body as it was sent, byte for byte
 */
record Payload(String json, boolean isBody) {}
