package dev.webhookworker;

/**
 * How many processed events are replayed how fast.
 *
 * @param run a name of this replay, at most 40 characters: an event is replayed once under each
 *     name, so a replay that was interrupted is repeated with the same one
 * @param cap most to replay
 * @param perSecond most a second
 */
public record ReplayPlan(String run, int cap, int perSecond) {

  private static final int LONGEST_NAME = 40;

  /**
   * @throws IllegalArgumentException when the name is empty or too long or a number is below 1
   */
  public ReplayPlan {
    if (run.isBlank() || run.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "a replay needs a name of 1 to " + LONGEST_NAME + " characters");
    }
    if (cap < 1 || perSecond < 1) {
      throw new IllegalArgumentException(
          "cap is " + cap + " and perSecond " + perSecond + "; both must be at least 1");
    }
  }
}
