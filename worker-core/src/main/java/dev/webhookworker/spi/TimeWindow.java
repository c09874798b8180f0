package dev.webhookworker.spi;

import java.time.Duration;
import java.time.Instant;

/**
 * When a signed timestamp is acceptable.
 *
 * @param now when the request was received
 * @param tolerance how far the timestamp may lie from it, to either side
 */
public record TimeWindow(Instant now, Duration tolerance) {

  /** How far a signed timestamp may lie from the time of receipt when nothing else is said. */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  /** Whether that time, in seconds since 1970, is acceptable. */
  public boolean contains(long epochSecond) {
    return Math.abs(now.getEpochSecond() - epochSecond) <= tolerance.toSeconds();
  }
}
