package dev.webhookworker.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.HealthSettings;
import dev.webhookworker.port.StreamDepth;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueHealthTest {

  private static final HealthSettings SETTINGS =
      HealthSettings.DEFAULTS.withOldestWaiting(Duration.ofMinutes(1)).withDeadLetterGrowth(5);

  private static ComponentHealth health(long lag, Duration oldest, long growth) {
    return QueueHealth.of(new StreamDepth(lag, false, 0, 0, 0, 7, oldest), growth, 10, SETTINGS);
  }

  @Test
  void whatIsAtItsThresholdsIsHealthy() {
    ComponentHealth health = health(10, Duration.ofMinutes(1), 5);
    assertThat(health.status()).isEqualTo(HealthStatus.HEALTHY);
    assertThat(health.details()).containsEntry("depth", 10L).containsEntry("dead_letters", 7L);
  }

  @Test
  void eachThresholdPassedIsNamedWithItsFigure() {
    ComponentHealth health = health(11, Duration.ofSeconds(61), 6);
    assertThat(health.status()).isEqualTo(HealthStatus.DEGRADED);
    assertThat(health.message())
        .contains("11 events wait, more than 10")
        .contains("1m1s, longer than 1m")
        .contains("6 dead letters more than 5m");
  }

  @Test
  void deadLettersThatCanNotBeReadAreCounted() {
    StreamDepth damaged = new StreamDepth(0, false, 0, 0, 0, 2, Duration.ZERO, 0, null, 0, 2);
    ComponentHealth health = QueueHealth.of(damaged, 0, 5_000, SETTINGS);
    assertThat(health.status()).isEqualTo(HealthStatus.DEGRADED);
    assertThat(health.message()).contains("2 entries of the DLQ stream can't be read");
    assertThat(health.details()).containsEntry("unreadable_dead_letters", 2L);
  }

  @Test
  void anotherGroupThatKeepsTheStreamFromBeingTrimmedIsNamedWithTheLength() {
    StreamDepth kept =
        new StreamDepth(0, false, 0, 0, 0, 0, Duration.ZERO, 250_000, "billing", 1_000, 0);
    ComponentHealth health = QueueHealth.of(kept, 0, 5_000, SETTINGS);
    assertThat(health.status()).isEqualTo(HealthStatus.DEGRADED);
    assertThat(health.message()).contains("'billing'", "the stream has 250000 entries");
    assertThat(health.details()).containsEntry("stream_length", 250_000L);
  }
}
