package dev.webhookworker.retry;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.RetryableException;
import dev.webhookworker.foreign.ForeignCode;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.Attempt;
import dev.webhookworker.port.AttemptState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides what follows a failed run: another try and when, or the end. Thread-safe. */
public final class RetryHandler {

  private static final int DEEPEST_CAUSE = 20;

  /** Whatever a policy says, no retry waits longer: sums of longer times overflow. */
  private static final Duration LONGEST_DELAY = Duration.ofDays(365);

  private final ErrorClassification classification;
  private final Clock clock;
  private final RandomGenerator random;

  public RetryHandler(ErrorClassification classification, Clock clock, RandomGenerator random) {
    this.classification = classification;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Judges any failure; never throws, whatever the failure's own methods, a classifier or the
   * values of a policy do.
   *
   * @param state what earlier runs left
   * @param thrown how this run failed
   * @param policy the policy in force for this event
   */
  public Outcome afterFailure(AttemptState state, Throwable thrown, RetryPolicy policy) {
    Instant now = clock.instant();
    int attempt = state.failures() + 1;
    Throwable error = ForeignCode.readable(thrown);
    AttemptState failed =
        state.failed(
            new Attempt(attempt, now, ForeignCode.classOf(error), Redaction.messageOf(error)));
    if (!classification.isRetryable(thrown)) {
      return new Outcome.Dead(DeadReason.NOT_RETRYABLE, failed, error);
    }
    if (attempt > policy.maxRetries()) {
      return new Outcome.Dead(DeadReason.RETRIES_EXHAUSTED, failed, error);
    }
    Optional<Duration> wish = retryAfter(error);
    Duration delay =
        wish.map(asked -> shorter(shorter(asked, policy.retryAfterLimit()), LONGEST_DELAY))
            .orElseGet(() -> policy.delay(attempt, random));
    Instant first = failed.firstFailureAt() == null ? now : failed.firstFailureAt();
    // A span is compared, not a time: a time far enough ahead can't be told.
    Duration elapsed = Duration.between(first, now);
    Duration elapsedThen = wish.isPresent() ? elapsed : elapsed.plus(delay);
    return elapsedThen.compareTo(policy.maxElapsedTime()) > 0
        ? new Outcome.Dead(DeadReason.RETRIES_EXHAUSTED, failed, error)
        : new Outcome.Retry(failed, delay, error);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Optional<Duration> retryAfter(Throwable error) {
    return ForeignCode.ask(error, Optional.empty(), () -> wishOf(error));
  }

  private static Optional<Duration> wishOf(Throwable error) {
    @Nullable Throwable current = error;
    for (int depth = 0; current != null && depth < DEEPEST_CAUSE; depth++) {
      if (current instanceof RetryableException retryable && retryable.retryAfter().isPresent()) {
        return retryable.retryAfter().filter(wish -> !wish.isNegative());
      }
      current = current.getCause();
    }
    return Optional.empty();
  }
}
