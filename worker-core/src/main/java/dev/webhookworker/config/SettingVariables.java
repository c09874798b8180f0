package dev.webhookworker.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which environment variable sets which setting of {@link SettingValues}. Most names follow from
 * the setting's path; those that don't are listed.
 */
public final class SettingVariables {

  private static final Map<String, String> PREFIXES = new LinkedHashMap<>();
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    PREFIXES.put("retry.", "WORKER_RETRY_");
    PREFIXES.put("deadLetters.", "WORKER_DLQ_");
    PREFIXES.put("limits.", "WORKER_");
    PREFIXES.put("tools.", "WORKER_");
    PREFIXES.put("forwarding.", "WORKER_FORWARD_");
    PREFIXES.put("ingest.", "INGEST_");
    PREFIXES.put("redis.", "REDIS_");
    PREFIXES.put("database.", "DATABASE_");
    PREFIXES.put("storage.", "WORKER_");
    PREFIXES.put("health.", "WORKER_HEALTH_");
    PREFIXES.put("", "WORKER_");

    OTHERS.put("streamName", "WORKER_STREAM");
    OTHERS.put("groupName", "WORKER_GROUP");
    OTHERS.put("retry.maxRetries", "WORKER_MAX_RETRIES");
    OTHERS.put("retry.fullJitter", "WORKER_RETRY_JITTER");
    OTHERS.put("tools.rejectWithoutTool", "WORKER_DEFAULT_TOOL");
    OTHERS.put("tools.inlineTools", "WORKER_INLINE_TOOLS");
    OTHERS.put("tools.maxConcurrent", "WORKER_TOOL_MAX_CONCURRENT");
    OTHERS.put("redis.host", "REDIS_ADDR");
    OTHERS.put("redis.port", "REDIS_ADDR");
    OTHERS.put("redis.database", "REDIS_ADDR");
    OTHERS.put("redis.tls", "REDIS_ADDR");
    OTHERS.put("health.deadLetterGrowth", "WORKER_HEALTH_DLQ_GROWTH");
    OTHERS.put("health.stuckHandlers", "WORKER_HEALTH_STUCK");
    OTHERS.put("encryption.fields", "WORKER_ENCRYPT_FIELDS");
    OTHERS.put("encryption.keys", "WORKER_ENCRYPTION_KEYS");
    OTHERS.put("ops.operatorToken", "WORKER_ADMIN_TOKEN");
    OTHERS.put("ops.viewerToken", "WORKER_VIEWER_TOKEN");
    OTHERS.put("ops.sessionLifetime", "WORKER_ADMIN_SESSION");
    OTHERS.put("redis.username", "REDIS_USERNAME");
    OTHERS.put("database.sslMode", "DATABASE_SSL_MODE");
    OTHERS.put("database.transactionalInbox", "WORKER_TRANSACTIONAL_INBOX");
    OTHERS.put("healthEndpoint", "HEALTH_ENDPOINT");
    OTHERS.put("logLevel", "LOG_LEVEL");
  }

  private static final Set<String> KNOWN = WorkerConfigReader.variables();

  private SettingVariables() {}

  /** The variable of that setting; null when there is none. */
  public static @Nullable String of(String setting) {
    @Nullable String other = OTHERS.get(setting);
    if (other != null) {
      return other;
    }
    for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
      if (setting.startsWith(prefix.getKey())) {
        String name = prefix.getValue() + snake(setting.substring(prefix.getKey().length()));
        return KNOWN.contains(name) ? name : null;
      }
    }
    return null;
  }

  private static String snake(String camel) {
    return camel.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  /** The variables that are listed, for the test that they exist. */
  static Set<String> listed() {
    return Set.copyOf(OTHERS.values());
  }
}
