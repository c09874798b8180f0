package dev.webhookworker.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.MovableClock;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.RetryableException;
import dev.webhookworker.foreign.EveryThrowable;
import dev.webhookworker.pipeline.DeadReason;
import dev.webhookworker.pipeline.Outcome;
import dev.webhookworker.port.AttemptState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryHandlerTest {

  private final MovableClock clock = new MovableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final RetryHandler retries =
      new RetryHandler(new ErrorClassification(List.of()), clock, new Random(1));

  private static final RetryPolicy STEADY = RetryPolicy.defaults().withFullJitter(false);

  private Outcome after(AttemptState state, Throwable error, RetryPolicy policy) {
    return retries.afterFailure(state, error, policy);
  }

  @Test
  void theDelayDoublesUpToItsBound() {
    Duration[] expected = {
      Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8)
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat(STEADY.delay(i + 1, new Random(1))).isEqualTo(expected[i]);
    }
    assertThat(STEADY.delay(20, new Random(1))).isEqualTo(Duration.ofMinutes(5));
    assertThat(STEADY.delay(2_000, new Random(1))).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void fullJitterStaysWithinZeroAndTheDelayAndUsesTheRange() {
    Random random = new Random(42);
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int i = 0; i < 2_000; i++) {
      long millis = RetryPolicy.defaults().delay(4, random).toMillis();
      assertThat(millis).isBetween(0L, 8_000L);
      least = Math.min(least, millis);
      most = Math.max(most, millis);
    }
    assertThat(least).isLessThan(400);
    assertThat(most).isGreaterThan(7_600);
  }

  @Test
  void aFailureIsRetriedAndRemembered() {
    Outcome.Retry retry =
        (Outcome.Retry) after(AttemptState.NEW, new IOException("password=hidden"), STEADY);
    assertThat(retry.delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(retry.state().failures()).isEqualTo(1);
    assertThat(retry.state().firstFailureAt()).isEqualTo(clock.instant());
    assertThat(retry.state().attempts().get(0).message()).doesNotContain("hidden");
  }

  @Test
  void aRetryAfterWinsOverTheDelayUpToItsLimit() {
    Duration wish = Duration.ofMinutes(7);
    Throwable wrapped = new IllegalStateException(new RetryableException("busy", wish));
    assertThat(((Outcome.Retry) after(AttemptState.NEW, wrapped, STEADY)).delay()).isEqualTo(wish);
    Throwable greedy = new RetryableException("busy", Duration.ofDays(3));
    assertThat(((Outcome.Retry) after(AttemptState.NEW, greedy, STEADY)).delay())
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void usedUpAttemptsEndInADeadLetter() {
    AttemptState state = AttemptState.NEW;
    for (int attempt = 1; attempt <= 5; attempt++) {
      state = ((Outcome.Retry) after(state, new IOException("down"), STEADY)).state();
    }
    Outcome.Dead dead = (Outcome.Dead) after(state, new IOException("down"), STEADY);
    assertThat(dead.reason()).isEqualTo(DeadReason.RETRIES_EXHAUSTED);
    assertThat(dead.state().failures()).isEqualTo(6);
  }

  @Test
  void theElapsedTimeCountsFromTheFirstFailure() {
    RetryPolicy policy = STEADY.withMaxRetries(1_000);
    AttemptState state =
        ((Outcome.Retry) after(AttemptState.NEW, new IOException("down"), policy)).state();
    clock.advance(Duration.ofMinutes(20));
    Outcome again = after(state, new IOException("down"), policy);
    assertThat(again).isInstanceOf(Outcome.Retry.class);
    clock.advance(Duration.ofMinutes(10));
    Outcome end = after(((Outcome.Retry) again).state(), new IOException("down"), policy);
    assertThat(((Outcome.Dead) end).reason()).isEqualTo(DeadReason.RETRIES_EXHAUSTED);
  }

  @Test
  void whatIsNotRetryableEndsAtOnce() {
    Outcome outcome = after(AttemptState.NEW, new NonRetryableException("no"), STEADY);
    assertThat(((Outcome.Dead) outcome).reason()).isEqualTo(DeadReason.NOT_RETRYABLE);
  }

  @Test
  void durationsBeyondAllClocksAreFollowedAsFarAsClocksGo() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    RetryPolicy patient =
        RetryPolicy.defaults()
            .withMaxElapsedTime(forEver)
            .withIntervals(forEver, forEver)
            .withRetryAfterLimit(forEver);
    for (Exception failure :
        List.of(new IOException("away"), new RetryableException("not before", forEver))) {
      assertThat(after(AttemptState.NEW, failure, patient))
          .isInstanceOfSatisfying(
              Outcome.Retry.class,
              retry -> assertThat(retry.delay()).isLessThanOrEqualTo(Duration.ofDays(365)));
    }
  }

  @Test
  void whateverIsThrownIsJudgedAndKept() {
    EveryThrowable.all()
        .forEach(
            (name, thrown) ->
                assertThat(after(AttemptState.NEW, thrown, RetryPolicy.defaults()))
                    .as(name)
                    .isInstanceOfAny(Outcome.Retry.class, Outcome.Dead.class)
                    .satisfies(outcome -> assertThat(outcome.failure()).isPresent()));
  }
}
