package dev.webhookworker.port;

import java.util.List;

/**
 * What a look for abandoned work has found.
 *
 * @param deliveries taken over by this call
 * @param suspects abandoned entries that were left because they have to run alone
 * @param vanished entries that were trimmed while pending; they have been cleared
 */
public record Recovered(List<Delivery> deliveries, int suspects, List<String> vanished) {}
