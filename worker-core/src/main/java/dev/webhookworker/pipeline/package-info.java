/**
 * The way of one event, from the entry's fields to an {@link dev.webhookworker.pipeline.Outcome}:
 * start reading at {@link dev.webhookworker.pipeline.EventPipeline}. Settles nothing; called by
 * {@code dispatch} on handler threads.
 */
@NullMarked
package dev.webhookworker.pipeline;

import org.jspecify.annotations.NullMarked;
