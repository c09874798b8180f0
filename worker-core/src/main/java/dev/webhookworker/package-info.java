/**
 * The public API: {@link dev.webhookworker.Worker} is built by {@link
 * dev.webhookworker.WorkerBuilder}, configured by {@link dev.webhookworker.WorkerConfig} and hands
 * {@link dev.webhookworker.WebhookEvent}s to the processors of {@code dev.webhookworker.spi}.
 */
@NullMarked
package dev.webhookworker;

import org.jspecify.annotations.NullMarked;
