package dev.webhookworker.benchmark;

/**
 * One run of a cell.
 *
 * @param result what its JVM measured of itself
 * @param redis what an event cost Redis
 */
record Measured(CellResult result, RedisCost redis) {}
