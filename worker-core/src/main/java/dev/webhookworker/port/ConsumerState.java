package dev.webhookworker.port;

import java.time.Duration;

/**
 * A consumer of the group: a worker that runs, or what one has left.
 *
 * @param pending entries that it was given and that are not settled
 * @param idle time since it last asked for entries
 * @param alive whether a live process holds its name
 */
public record ConsumerState(String name, long pending, Duration idle, boolean alive) {}
