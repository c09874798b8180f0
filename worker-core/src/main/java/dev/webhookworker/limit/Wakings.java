package dev.webhookworker.limit;

import dev.webhookworker.port.Waking;
import java.time.Duration;
import java.util.List;

/**
 * Which parked events may come.
 *
 * @param now how many of which places
 * @param next when to ask again at the latest
 */
public record Wakings(List<Waking> now, Duration next) {}
