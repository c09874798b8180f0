package dev.webhookworker;

import java.time.Instant;

/**
 * One retry of a dead letter.
 *
 * @param at when it was put back into the retry schedule
 * @param actor who did it: a person, a tool, or the worker's name for a retry by policy
 */
public record DeadLetterRetry(Instant at, String actor) {}
