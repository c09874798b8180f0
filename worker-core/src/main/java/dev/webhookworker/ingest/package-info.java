/**
 * The door for webhooks: from an HTTP request to an event on the stream, verified, bounded and
 * answered. {@link dev.webhookworker.ingest.IngestEndpoint} is the whole of it as a function;
 * {@link dev.webhookworker.ingest.IngestHandler} mounts it on the JDK's HttpServer.
 */
@NullMarked
package dev.webhookworker.ingest;

import org.jspecify.annotations.NullMarked;
