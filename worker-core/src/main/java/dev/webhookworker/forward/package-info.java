/**
 * Sending events on to the destinations of their tool: what a destination is, which addresses may
 * be reached, how a request is signed, what its answer means and when a destination is left alone.
 * Called by the pipeline's generic processor; only {@code forward.http} touches the HTTP library,
 * which is optional.
 */
@NullMarked
package dev.webhookworker.forward;

import org.jspecify.annotations.NullMarked;
