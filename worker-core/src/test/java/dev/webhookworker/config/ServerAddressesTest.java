package dev.webhookworker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of servers as people and platforms write them. */
class ServerAddressesTest {

  private static RedisSettings redis(Map<String, String> variables) {
    return WorkerConfig.fromEnvironment(variables).redis();
  }

  @ParameterizedTest
  @CsvSource({
    "redis, redis, 6379",
    "redis:7000, redis, 7000",
    "my_redis:7000, my_redis, 7000",
    "10.0.0.1:7000, 10.0.0.1, 7000",
    "[::1]:7000, ::1, 7000",
    "[fd00::7], fd00::7, 6379",
    "::1, ::1, 6379",
    "fd00:0:0:1::7, fd00:0:0:1::7, 6379",
    "redis://redis, redis, 6379",
    "redis://[::1]:7000/3, ::1, 7000",
    "tcp://10.0.0.11:6380, 10.0.0.11, 6380"
  })
  void anAddressOfRedisIsUnderstood(String text, String host, int port) {
    RedisSettings settings = RedisSettings.parse(text);
    assertThat(settings.host()).isEqualTo(host);
    assertThat(settings.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({
    "p@ss, p@ss",
    "p%40ss, p@ss",
    "p#s/s?x, p#s/s?x",
    "100%, 100%",
    "a+b, a+b",
    "a:b:c, a:b:c",
    "%zz, %zz"
  })
  void aPasswordNeedNotBeEscaped(String written, String meant) {
    RedisSettings settings = RedisSettings.parse("rediss://ann:" + written + "@redis:7000/2");
    assertThat(settings.username()).isEqualTo("ann");
    assertThat(settings.password()).extracting(Secret::reveal).isEqualTo(meant);
    assertThat(settings.host()).isEqualTo("redis");
    assertThat(settings.database()).isEqualTo(2);
    assertThat(settings.tls()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://redis:6379",
        "redis://",
        "redis:port",
        "redis:70000",
        "redis://redis:6379/two",
        "redis://redis?tls=true",
        "redis+sentinel://one,two"
      })
  void whatIsNoAddressIsToldWithWhatIsExpected(String text) {
    assertThatThrownBy(() -> redis(Map.of("REDIS_ADDR", text)))
        .hasMessageContaining("REDIS_ADDR (value not shown): expected host:port")
        .hasMessageNotContaining(text);
  }

  @Test
  void whatPlatformsGiveIsUnderstood() {
    assertThat(redis(Map.of("REDIS_URL", "redis://:pw@cache:7000")).address())
        .isEqualTo("redis://cache:7000/0");
    assertThat(redis(Map.of("REDIS_HOST", "cache", "REDIS_PORT", "7000")).address())
        .isEqualTo("redis://cache:7000/0");
    assertThat(redis(Map.of("REDIS_HOST", "cache")).address()).isEqualTo("redis://cache:6379/0");
    assertThat(redis(Map.of("REDIS_HOST", "::1", "REDIS_PORT", "7000")).address())
        .isEqualTo("redis://[::1]:7000/0");
    assertThat(redis(Map.of("REDIS_PORT", "tcp://10.0.0.11:6380")).address())
        .isEqualTo("redis://10.0.0.11:6380/0");
    assertThat(redis(Map.of("REDIS_HOST", "cache", "REDIS_PORT", "tcp://10.0.0.11:6380")).address())
        .isEqualTo("redis://cache:6380/0");
  }

  @Test
  void whatHasNoEffectIsNamedAndWhatKubernetesAddsIsNot() {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of(
                "REDIS_ADDR", "one:1",
                "REDIS_URL", "redis://two:2",
                "REDIS_HOST", "three",
                "REDIS_PORT", "tcp://10.0.0.11:6379"));
    assertThat(config.redis().address()).isEqualTo("redis://one:1/0");
    assertThat(config.warnings())
        .containsExactly(
            "REDIS_URL has no effect, because REDIS_ADDR is set",
            "REDIS_HOST has no effect, because REDIS_ADDR is set");
  }

  @Test
  void aUrlOfTheDatabaseIsUnderstoodAndSingleVariablesOverrideItsParts() {
    String url = "postgres://ann:p@ss#1@db.example:6543/events?sslmode=require";
    DatabaseSettings whole = database(Map.of("DATABASE_URL", url));
    assertThat(whole.host()).isEqualTo("db.example");
    assertThat(whole.port()).isEqualTo(6543);
    assertThat(whole.name()).isEqualTo("events");
    assertThat(whole.user()).isEqualTo("ann");
    assertThat(whole.password()).extracting(Secret::reveal).isEqualTo("p@ss#1");
    assertThat(whole.sslMode()).isEqualTo("require");
    DatabaseSettings part =
        database(Map.of("DATABASE_URL", url, "DATABASE_HOST", "other", "DATABASE_NAME", "another"));
    assertThat(part.host()).isEqualTo("other");
    assertThat(part.port()).isEqualTo(5432);
    assertThat(part.name()).isEqualTo("another");
    assertThat(part.user()).isEqualTo("ann");
  }

  @Test
  void aHostOfTheDatabaseMayHaveItsPort() {
    assertThat(database(Map.of("DATABASE_NAME", "e", "DATABASE_HOST", "db:6543")).port())
        .isEqualTo(6543);
    assertThat(database(Map.of("DATABASE_NAME", "e", "DATABASE_HOST", "::1")).host())
        .isEqualTo("[::1]");
    assertThat(
            database(Map.of("DATABASE_NAME", "e", "DATABASE_PORT", "tcp://10.0.0.1:6543")).port())
        .isEqualTo(6543);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql://db/events", "db:5432", "postgres://db/e?pool=3"})
  void whatIsNoUrlOfPostgresIsTold(String url) {
    assertThatThrownBy(() -> database(Map.of("DATABASE_URL", url)))
        .hasMessageContaining("DATABASE_URL (value not shown): expected postgres://");
  }

  private static DatabaseSettings database(Map<String, String> variables) {
    return WorkerConfig.fromEnvironment(variables).database().orElseThrow();
  }
}
