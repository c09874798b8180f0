/**
 * What is done about dead letters (docs/dead-letters.md): {@link dev.webhookworker.dlq.DlqHandler}
 * does what people ask for, {@link dev.webhookworker.dlq.DlqWorker} what goes by itself. Called by
 * the public API; uses the ports only.
 */
@NullMarked
package dev.webhookworker.dlq;

import org.jspecify.annotations.NullMarked;
