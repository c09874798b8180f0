package dev.webhookworker;

import java.util.Map;

/**
 * Where the settings of a configuration came from.
 *
 * @param variables those that were set: {@code environment}, or {@code file} for a secret that a
 *     {@code …_FILE} variable named
 * @param values every setting as the environment left it, by its path such as {@code
 *     redis.poolSize}; empty when the environment was not read. What differs from it now was
 *     changed in the code
 */
public record ConfigOrigin(Map<String, String> variables, Map<String, String> values) {

  /** Everything is set in the code, or the default. */
  public static final ConfigOrigin NONE = new ConfigOrigin(Map.of(), Map.of());

  public ConfigOrigin {
    variables = Map.copyOf(variables);
    values = Map.copyOf(values);
  }

  /** Whether the environment was read. */
  public boolean isEnvironment() {
    return !values.isEmpty();
  }
}
