/**
 * The delivery protocol on Redis (docs/protocol.md): {@link dev.webhookworker.redis.RedisModule}
 * plugs it into the worker, {@link dev.webhookworker.redis.RedisEventPublisher} is the producer's
 * side. Each step that needs more than one command to be atomic is a Lua script beside this
 * package.
 */
@NullMarked
package dev.webhookworker.redis;

import org.jspecify.annotations.NullMarked;
