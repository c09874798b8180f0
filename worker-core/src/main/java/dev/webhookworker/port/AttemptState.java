package dev.webhookworker.port;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an event carries from one run to the next.
 *
 * @param failures runs that failed; the next run is attempt {@code failures + 1}
 * @param snoozes times that it was put off without using up an attempt
 * @param firstFailureAt when the first run failed, null before that
 * @param attempts the last failed runs, oldest first, at most {@value #KEPT_ATTEMPTS}
 * @param completed names of the processors that are done with this event and are not run again
 * @param dlqRetries retries of this event as a dead letter
 * @param outages runs in a row that were lost with the store's connection and used up no attempt
 */
public record AttemptState(
    int failures,
    int snoozes,
    @Nullable Instant firstFailureAt,
    List<Attempt> attempts,
    Set<String> completed,
    DlqRetries dlqRetries,
    int outages) {

  /** How many failed runs are remembered in detail. */
  public static final int KEPT_ATTEMPTS = 20;

  /** The state of an event that has not been run. */
  public static final AttemptState NEW =
      new AttemptState(0, 0, null, List.of(), Set.of(), DlqRetries.NONE);

  /** A state without outages. */
  public AttemptState(
      int failures,
      int snoozes,
      @Nullable Instant firstFailureAt,
      List<Attempt> attempts,
      Set<String> completed,
      DlqRetries dlqRetries) {
    this(failures, snoozes, firstFailureAt, attempts, completed, dlqRetries, 0);
  }

  public AttemptState {
    attempts = List.copyOf(attempts);
    completed = Set.copyOf(completed);
  }

  /** Whether this event is a dead letter that is being retried. */
  public boolean isDeadLetter() {
    return dlqRetries.count() > 0;
  }

  /** The state after one more failed run. */
  public AttemptState failed(Attempt attempt) {
    List<Attempt> all = new ArrayList<>(attempts);
    all.add(attempt);
    List<Attempt> kept = all.subList(Math.max(0, all.size() - KEPT_ATTEMPTS), all.size());
    Instant first = firstFailureAt == null ? attempt.at() : firstFailureAt;
    return new AttemptState(failures + 1, snoozes, first, kept, completed, dlqRetries);
  }

  public AttemptState snoozed() {
    return new AttemptState(
        failures, snoozes + 1, firstFailureAt, attempts, completed, dlqRetries, outages);
  }

  /** The state after one more run that was lost with the store's connection. */
  public AttemptState afterOutage() {
    return new AttemptState(
        failures, snoozes, firstFailureAt, attempts, completed, dlqRetries, outages + 1);
  }

  /** The state with those processors added to the completed ones. */
  public AttemptState completing(Set<String> processors) {
    if (processors.isEmpty()) {
      return this;
    }
    Set<String> all = new LinkedHashSet<>(completed);
    all.addAll(processors);
    return new AttemptState(failures, snoozes, firstFailureAt, attempts, all, dlqRetries, outages);
  }
}
