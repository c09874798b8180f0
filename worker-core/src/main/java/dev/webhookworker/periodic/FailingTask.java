package dev.webhookworker.periodic;

/**
 * A periodic task that has failed several times in a row.
 *
 * @param name the task, in plain words
 * @param failures in a row
 * @param problem class of what it failed with last
 */
public record FailingTask(String name, int failures, String problem) {

  /** For health and logs. */
  @Override
  public String toString() {
    return name + " (failed " + failures + " times, last with " + problem + ")";
  }
}
