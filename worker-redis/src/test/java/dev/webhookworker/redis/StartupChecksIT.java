package dev.webhookworker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.RedisSettings;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartupChecksIT {

  private static StartupChecks check(Clock clock, String... settings) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(settings);
        RedisConnections connections = RedisConnections.to(RedisSettings.parse(redis.address()))) {
      return StartupChecks.of(connections, clock);
    }
  }

  @Test
  void aServerThatLosesNothingIsNotWarnedAbout() throws Exception {
    assertThat(check(Clock.systemUTC()).warnings()).isEmpty();
  }

  @Test
  void aServerThatForgetsIsWarnedAboutWithWhatToChange() throws Exception {
    StartupChecks checks =
        check(Clock.systemUTC(), "--appendonly", "no", "--maxmemory-policy", "allkeys-lru");
    assertThat(checks.warnings())
        .anySatisfy(warning -> assertThat(warning).contains("Set maxmemory-policy noeviction"))
        .anySatisfy(warning -> assertThat(warning).contains("Set appendonly yes"));
  }

  @Test
  void aClockThatIsOffIsWarnedAbout() throws Exception {
    StartupChecks checks = check(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3)));
    assertThat(checks.warnings())
        .singleElement()
        .asString()
        .contains("clock and Redis' differ by")
        .contains("NTP");
  }
}
