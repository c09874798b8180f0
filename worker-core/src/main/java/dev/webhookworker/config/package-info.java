/**
 * Reading of settings: environment variables, durations, addresses; called by {@code WorkerConfig}.
 */
@NullMarked
package dev.webhookworker.config;

import org.jspecify.annotations.NullMarked;
