package dev.webhookworker.port;

import java.time.Instant;

/**
 * One failed run of an event's handlers.
 *
 * @param number from 1
 * @param at when it failed
 * @param errorClass the exception's class name
 * @param message the exception's message, redacted and shortened
 */
public record Attempt(int number, Instant at, String errorClass, String message) {}
