package dev.webhookworker.port;

import java.time.Duration;
import java.util.List;

/**
 * Retries whose time had come and that this consumer now leases.
 *
 * @param deliveries leased by this call
 * @param untilNext time to the next one due; zero when more are due already
 * @param suspects due entries that were left because they have to run alone
 */
public record DueRetries(List<Delivery> deliveries, Duration untilNext, int suspects) {}
