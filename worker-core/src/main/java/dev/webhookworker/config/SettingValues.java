package dev.webhookworker.config;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.WorkerConfig;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every setting of a configuration as text, by its path; a secret is {@code ***}. */
public final class SettingValues {

  private SettingValues() {}

  /** The settings in a fixed order; what is not set is {@code none}. */
  public static Map<String, String> of(WorkerConfig config) {
    Map<String, @Nullable Object> top = new LinkedHashMap<>();
    top.put("consumerName", config.consumerName());
    top.put("streamName", config.streamName());
    top.put("groupName", config.groupName());
    top.put("idempotencyPrefix", config.idempotencyPrefix());
    top.put("idempotencyTtl", config.idempotencyTtl());
    top.put("idReuse", config.idReuse());
    top.put("maxConcurrent", config.maxConcurrent());
    top.put("batchSize", config.batchSize());
    top.put("prefetchBytes", config.prefetchBytes());
    top.put("blockTimeout", config.blockTimeout());
    top.put("visibilityTimeout", config.visibilityTimeout());
    top.put("processingTimeout", config.processingTimeout());
    top.put("shutdownTimeout", config.shutdownTimeout());
    top.put("maxDeliveries", config.maxDeliveries());
    top.put("maxSnooze", config.maxSnooze());
    top.put("streamRetention", config.streamRetention());
    top.put("maintenanceInterval", config.maintenanceInterval());
    top.put("retry", config.retryPolicy());
    top.put("deadLetters", config.dlq());
    top.put("limits", config.limits());
    top.put("signatures", config.signatures());
    top.put("toolsFile", config.toolsFile().orElse(null));
    top.put("tools", config.tools());
    top.put("forwarding", config.forwarding());
    top.put("ingest", config.ingest());
    top.put("redis", config.redis());
    // Without its own values the settings would hide which there are.
    top.put(
        "database", config.database().orElse(DatabaseSettings.of("none", 0, "none", "none", null)));
    top.put("storage", config.storage());
    top.put("encryption", config.encryption());
    top.put("healthEndpoint", config.healthEndpoint().orElse(null));
    top.put("queueDepthDegraded", config.queueDepthDegraded());
    top.put("health", config.health());
    top.put("ops", config.ops());
    top.put("logLevel", config.logLevel());
    Map<String, String> values = new LinkedHashMap<>();
    top.forEach((name, value) -> add(name, value, values));
    return values;
  }

  private static void add(String path, @Nullable Object value, Map<String, String> values) {
    if (!(value instanceof Record settings)) {
      values.put(path, text(value));
      return;
    }
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      add(path + "." + component.getName(), value(settings, component), values);
    }
  }

  private static @Nullable Object value(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("a setting can't be read: " + component, impossible);
    }
  }

  private static String text(@Nullable Object value) {
    if (value == null || (value instanceof Collection<?> list && list.isEmpty())) {
      return "none";
    }
    if (value instanceof Optional<?> optional) {
      return text(optional.orElse(null));
    }
    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }
    if (value instanceof Enum<?> choice) {
      return choice.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, String> texts = new TreeMap<>();
      map.forEach((key, one) -> texts.put(String.valueOf(key), text(one)));
      return texts.isEmpty() ? "none" : texts.toString();
    }
    return value instanceof Secret ? "***" : String.valueOf(value);
  }
}
