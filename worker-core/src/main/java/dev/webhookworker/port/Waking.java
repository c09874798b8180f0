package dev.webhookworker.port;

import java.time.Duration;

/**
 * How many of a place's parked events are to come, and when.
 *
 * @param place as in {@link Settlement.Reschedule#parkedAt()}
 * @param most the oldest of them
 * @param first when the first of them is due
 * @param apart how much later each further one is due
 */
public record Waking(String place, int most, Duration first, Duration apart) {

  /** All of them at once. */
  public static Waking now(String place, int most) {
    return new Waking(place, most, Duration.ZERO, Duration.ZERO);
  }

  /** Whether all that wait there may come, as far as many can at once. */
  public boolean isForAll() {
    return most > 1 && first.isZero() && apart.isZero();
  }
}
