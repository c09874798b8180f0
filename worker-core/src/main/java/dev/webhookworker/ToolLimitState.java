package dev.webhookworker;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the limits of a tool stand in this process.
 *
 * @param eventTypes pattern of the event rule that has the limits; empty when the tool has them
 * @param running events that run now, where their number is limited
 * @param maxConcurrent how many may
 * @param heldBack times that an event was put off because of a limit
 * @param circuit {@code closed}, {@code open} or {@code half_open}; empty without circuit breaker
 */
public record ToolLimitState(
    String toolId,
    String eventTypes,
    int running,
    OptionalInt maxConcurrent,
    long heldBack,
    Optional<String> circuit) {}
