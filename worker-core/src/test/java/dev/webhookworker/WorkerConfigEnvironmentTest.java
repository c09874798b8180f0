package dev.webhookworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigEnvironmentTest {

  @TempDir private Path folder;

  @Test
  void anEmptyEnvironmentGivesTheKnownDefaults() {
    WorkerConfig config = WorkerConfig.fromEnvironment(Map.of());
    assertThat(config.batchSize()).isEqualTo(100);
    assertThat(config.maxConcurrent()).isEqualTo(10);
    assertThat(config.visibilityTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.processingTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(25));
    assertThat(config.idempotencyTtl()).isEqualTo(Duration.ofHours(24));
    assertThat(config.redis().poolSize()).isEqualTo(20);
    assertThat(config.healthEndpoint().map(InetSocketAddress::getPort)).contains(8088);
    assertThat(config.database()).isEmpty();
    assertThat(config.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "24h, PT24H",
    "1h30m, PT1H30M",
    "90s, PT1M30S",
    "2500ms, PT2.5S",
    "1.5s, PT1.5S",
    "PT2H, PT2H",
    "P1D, PT24H"
  })
  void durationsAreReadInGosNotationAndInIso8601(String text, Duration expected) {
    WorkerConfig config = WorkerConfig.fromEnvironment(Map.of("WORKER_IDEMPOTENCY_TTL", text));
    assertThat(config.idempotencyTtl()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({":9099, 9099", "127.0.0.1:9100, 9100"})
  void theHealthEndpointMayLeaveTheHostOut(String text, int port) {
    WorkerConfig config = WorkerConfig.fromEnvironment(Map.of("HEALTH_ENDPOINT", text));
    assertThat(config.healthEndpoint().map(InetSocketAddress::getPort)).contains(port);
  }

  @Test
  void aSecretMayComeFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "from-file\n");
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of("REDIS_ADDR", "redis.example:6380", "REDIS_PASSWORD_FILE", file.toString()));
    Secret password = config.redis().password();
    assertThat(password).isNotNull();
    assertThat(password.reveal()).isEqualTo("from-file");
    assertThat(config.redis().port()).isEqualTo(6380);
  }

  @Test
  void aSecretOfAFileIsReadAgainEachTimeAndKeptWhileTheFileIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "first\n");
    DatabaseSettings database =
        WorkerConfig.fromEnvironment(
                Map.of("DATABASE_NAME", "app", "DATABASE_PASSWORD_FILE", file.toString()))
            .database()
            .orElseThrow();
    Secret password = Objects.requireNonNull(database.password());
    assertThat(password.reveal()).isEqualTo("first");
    Files.writeString(file, "second\n");
    assertThat(password.reveal()).isEqualTo("second");
    Files.delete(file);
    assertThat(password.reveal()).isEqualTo("second");
  }

  @ParameterizedTest
  @CsvSource({"none,false", "session,false", "transaction,true", "TRANSACTION,true"})
  void onlyAPoolerInTransactionModeIsOneToBeReckonedWith(String text, boolean pooler) {
    DatabaseSettings database =
        WorkerConfig.fromEnvironment(Map.of("DATABASE_NAME", "app", "DATABASE_POOLER", text))
            .database()
            .orElseThrow();
    assertThat(database.pooler()).isEqualTo(pooler);
  }

  @Test
  void aSecretGivenTwiceOrUnreadableIsAnError() {
    assertThatThrownBy(
            () ->
                WorkerConfig.fromEnvironment(
                    Map.of("REDIS_PASSWORD", "hidden-1", "REDIS_PASSWORD_FILE", "/nowhere")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("REDIS_PASSWORD_FILE")
        .hasMessageNotContaining("hidden-1");
    assertThatThrownBy(
            () -> WorkerConfig.fromEnvironment(Map.of("REDIS_PASSWORD_FILE", "/nowhere")))
        .hasMessageContaining("REDIS_PASSWORD_FILE")
        .hasMessageContaining("/nowhere");
  }

  @Test
  void everyErrorIsReportedAtOnceWithItsSettingAndItsValue() {
    ConfigurationException wrong =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                WorkerConfig.fromEnvironment(
                    Map.of(
                        "WORKER_BATCH_SIZE", "many",
                        "WORKER_MAX_CONCURRENT", "0",
                        "WORKER_MAX_RETRIES", "-1",
                        "WORKER_RETRY_MULTIPLIER", "0.5",
                        "WORKER_VISIBILITY_TIMEOUT", "soon",
                        "HEALTH_ENDPOINT", "port")));
    assertThat(wrong.getMessage())
        .contains("WORKER_BATCH_SIZE", "many")
        .contains("WORKER_MAX_CONCURRENT")
        .contains("WORKER_MAX_RETRIES")
        .contains("WORKER_RETRY_MULTIPLIER")
        .contains("WORKER_VISIBILITY_TIMEOUT", "soon")
        .contains("HEALTH_ENDPOINT");
  }

  @Test
  void noSecretIsShown() {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of(
                "REDIS_ADDR", "redis://worker:hidden-uri@127.0.0.1:6379/2",
                "DATABASE_NAME", "events",
                "DATABASE_USER", "worker",
                "DATABASE_PASSWORD", "hidden-database"));
    assertThat(config.toString() + config.describe() + config.redis() + config.database())
        .doesNotContain("hidden");
    assertThatThrownBy(
            () -> WorkerConfig.fromEnvironment(Map.of("REDIS_ADDR", "redis://u:hidden@:port/x")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("REDIS_ADDR")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void aMisspeltVariableIsWarnedAboutWithTheNearestName() {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(Map.of("WORKER_BATCHSIZE", "5", "WORKER_MAX_RETRYS", "1"));
    assertThat(config.warnings())
        .anyMatch(hint -> hint.contains("WORKER_BATCHSIZE") && hint.contains("WORKER_BATCH_SIZE"))
        .anyMatch(
            hint -> hint.contains("WORKER_MAX_RETRYS") && hint.contains("WORKER_MAX_RETRIES"));
    assertThat(config.batchSize()).isEqualTo(100);
  }
}
