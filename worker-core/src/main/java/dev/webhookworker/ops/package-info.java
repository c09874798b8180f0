/**
 * The operations page and the JSON API behind it. {@link dev.webhookworker.ops.OpsHandler} takes
 * requests, says who may do what, and hands them to the resource that {@code Routes} names; it
 * works on its own threads, so that health probes never wait for it. A host mounts it on its own
 * server by {@code Worker.opsHandler}. The API is described by {@code openapi.json} beside the
 * page's files in the resources.
 */
@NullMarked
package dev.webhookworker.ops;

import org.jspecify.annotations.NullMarked;
