/**
 * The engine around the pipeline: {@link dev.webhookworker.dispatch.Dispatcher} takes work in,
 * {@link dev.webhookworker.dispatch.HandlerThreads} run it, {@link
 * dev.webhookworker.dispatch.Settler} makes outcomes durable, {@link
 * dev.webhookworker.dispatch.Heartbeat} keeps leases, {@link dev.webhookworker.dispatch.Watchdog}
 * ends what takes too long. docs/architecture.md says which thread owns what.
 */
@NullMarked
package dev.webhookworker.dispatch;

import org.jspecify.annotations.NullMarked;
