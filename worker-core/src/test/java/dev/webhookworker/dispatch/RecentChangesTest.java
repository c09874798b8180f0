package dev.webhookworker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerStats;
import dev.webhookworker.port.StreamDepth;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecentChangesTest {

  private final RecentChanges recent = new RecentChanges(Duration.ofSeconds(60));

  private void at(long seconds, long processed, long failed, @Nullable Integer deadLetters) {
    recent.sample(
        Duration.ofSeconds(seconds).toNanos(),
        new WorkerStats(processed, 0, failed, 0, 0, 0, 0),
        deadLetters == null
            ? null
            : new StreamDepth(0, false, 0, 0, 0, deadLetters, Duration.ZERO));
  }

  @Test
  void withoutTwoSamplesNothingHasChanged() {
    at(0, 5, 5, 3);
    assertThat(recent.change()).isEqualTo(new RecentChanges.Change(0, 0, 0));
    assertThat(recent.change().errorRate()).isZero();
  }

  @Test
  void onlyWhatHappenedWithinTheWindowCounts() {
    at(0, 0, 0, 0);
    at(30, 0, 100, 10);
    for (int second = 35; second <= 100; second += 5) {
      at(second, second, 100, 12);
    }
    RecentChanges.Change change = recent.change();
    assertThat(change.failures()).isZero();
    assertThat(change.runs()).isBetween(60L, 65L);
    assertThat(change.deadLetterGrowth()).isZero();
  }

  @Test
  void theErrorRateIsTheShareOfFailuresInAllRuns() {
    at(0, 100, 0, 0);
    at(1, 175, 25, 4);
    assertThat(recent.change()).isEqualTo(new RecentChanges.Change(100, 25, 4));
    assertThat(recent.change().errorRate()).isEqualTo(0.25);
  }

  @Test
  void aDepthThatIsUnknownForAWhileChangesNothing() {
    at(0, 0, 0, null);
    at(1, 0, 0, 5);
    at(2, 0, 0, null);
    at(3, 0, 0, 9);
    assertThat(recent.change().deadLetterGrowth()).isEqualTo(4);
  }

  @Test
  void theFirstKnownDepthIsRememberedHoweverSoonTheNextOneComes() {
    for (int i = 0; i < 5; i++) {
      recent.sample(
          i * 1_000_000L,
          new WorkerStats(0, 0, 0, 0, 0, 0, 0),
          i == 0 ? null : new StreamDepth(0, false, 0, 0, 0, i, Duration.ZERO));
    }
    assertThat(recent.change().deadLetterGrowth()).isEqualTo(3);
  }

  @Test
  void frequentSamplesTakeNoMoreRoom() {
    for (int i = 0; i <= 100_000; i++) {
      recent.sample(i * 10_000_000L, new WorkerStats(i, 0, 0, 0, 0, 0, 0), null);
    }
    assertThat(recent.change().runs()).isBetween(6_000L, 6_100L);
    assertThat(recent.size()).isLessThan(130);
  }
}
