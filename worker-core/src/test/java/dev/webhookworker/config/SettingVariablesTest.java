package dev.webhookworker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.WorkerConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SettingVariablesTest {

  @Test
  void theListedVariablesExist() {
    assertThat(WorkerConfigReader.variables()).containsAll(SettingVariables.listed());
  }

  @Test
  void nearlyEverySettingNamesItsVariable() {
    List<String> settings = List.copyOf(SettingValues.of(WorkerConfig.defaults()).keySet());
    long named = settings.stream().map(SettingVariables::of).filter(Objects::nonNull).count();
    assertThat(named).isGreaterThan(settings.size() * 9L / 10);
  }

  @Test
  void theOriginOfASettingIsKnownAndItsSecretIsNot() {
    WorkerConfig config =
        WorkerConfig.fromEnvironment(
            Map.of("WORKER_BATCH_SIZE", "100", "REDIS_PASSWORD", "swordfish-of-this-test"));
    assertThat(config.origin().variables())
        .containsEntry("WORKER_BATCH_SIZE", "environment")
        .containsEntry("REDIS_PASSWORD", "environment")
        .doesNotContainKey("WORKER_STREAM");
    assertThat(config.origin().values()).containsEntry("redis.password", "***");
    assertThat(config.toString() + config.origin()).doesNotContain("swordfish");
  }
}
