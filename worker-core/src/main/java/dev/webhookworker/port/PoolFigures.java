package dev.webhookworker.port;

/**
 * How full a pool of connections is.
 *
 * @param name a fixed short name: {@code redis} or {@code database}
 * @param active connections in use
 * @param idle connections open and not in use
 * @param waiting threads that wait for one
 * @param max most connections
 */
public record PoolFigures(String name, int active, int idle, int waiting, int max) {}
