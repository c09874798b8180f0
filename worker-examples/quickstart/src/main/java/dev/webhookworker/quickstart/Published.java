package dev.webhookworker.quickstart;

/** An event that is on the stream, under its entry id. */
record Published(Planned planned, String entryId) {}
