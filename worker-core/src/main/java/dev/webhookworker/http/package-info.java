/**
 * What the HTTP servers of health and ingest share: threads that a slow client can't keep. It knows
 * nothing of the worker.
 */
@org.jspecify.annotations.NullMarked
package dev.webhookworker.http;
