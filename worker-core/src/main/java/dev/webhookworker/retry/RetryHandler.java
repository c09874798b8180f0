package dev.webhookworker.retry;

import dev.webhookworker.RetryPolicy;
import dev.webhookworker.RetryableException;
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

  private final ErrorClassification classification;
  private final Clock clock;
  private final RandomGenerator random;

  public RetryHandler(ErrorClassification classification, Clock clock, RandomGenerator random) {
    this.classification = classification;
    this.clock = clock;
    this.random = random;
  }

  /**
   * @param state what earlier runs left
   * @param error how this run failed
   * @param policy the policy in force for this event
   */
  public Outcome afterFailure(AttemptState state, Throwable error, RetryPolicy policy) {
    Instant now = clock.instant();
    int attempt = state.failures() + 1;
    AttemptState failed =
        state.failed(
            new Attempt(attempt, now, error.getClass().getName(), Redaction.messageOf(error)));
    if (!classification.isRetryable(error)) {
      return new Outcome.Dead(DeadReason.NOT_RETRYABLE, failed, error);
    }
    if (attempt > policy.maxRetries()) {
      return new Outcome.Dead(DeadReason.RETRIES_EXHAUSTED, failed, error);
    }
    Duration delay =
        retryAfter(error)
            .map(wish -> shorter(wish, policy.retryAfterLimit()))
            .orElseGet(() -> policy.delay(attempt, random));
    Instant first = failed.firstFailureAt() == null ? now : failed.firstFailureAt();
    if (now.plus(delay).isAfter(first.plus(policy.maxElapsedTime()))
        && retryAfter(error).isEmpty()) {
      return new Outcome.Dead(DeadReason.RETRIES_EXHAUSTED, failed, error);
    }
    if (now.isAfter(first.plus(policy.maxElapsedTime()))) {
      return new Outcome.Dead(DeadReason.RETRIES_EXHAUSTED, failed, error);
    }
    return new Outcome.Retry(failed, delay, error);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Optional<Duration> retryAfter(Throwable error) {
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
