/**
 * What the worker needs from a queue and from a store. worker-redis and worker-postgres implement
 * these interfaces, {@code dev.webhookworker.memory} does so for tests; {@code dispatch} and {@code
 * pipeline} call them. Not meant for users: it may change between minor versions.
 */
@NullMarked
package dev.webhookworker.port;

import org.jspecify.annotations.NullMarked;
