/**
 * What happens to an event whose run failed: {@link dev.webhookworker.retry.RetryHandler} decides,
 * {@link dev.webhookworker.retry.ErrorClassification} tells which errors are worth another try.
 * Called by the pipeline.
 */
@NullMarked
package dev.webhookworker.retry;

import org.jspecify.annotations.NullMarked;
