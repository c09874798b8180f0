package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.ConfigOrigin;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.config.SettingValues;
import dev.webhookworker.config.SettingVariables;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings in force, secrets masked, and where each came from. */
final class ConfigurationResource {

  private final OpsParts parts;

  ConfigurationResource(OpsParts parts) {
    this.parts = parts;
  }

  Answer show(Call call) {
    WorkerConfig config = parts.config();
    Map<String, String> defaults = SettingValues.of(WorkerConfig.defaults());
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    SettingValues.of(config)
        .forEach(
            (name, value) -> {
              @Nullable String variable = SettingVariables.of(name);
              items
                  .addObject()
                  .put("name", name)
                  .put("value", value)
                  .put("source", source(name, value, variable, config.origin(), defaults))
                  .put("variable", variable);
            });
    ArrayNode warnings = answer.putArray("warnings");
    config.warnings().forEach(warnings::add);
    return Answer.ok(answer);
  }

  private static String source(
      String name,
      String value,
      @Nullable String variable,
      ConfigOrigin origin,
      Map<String, String> defaults) {
    boolean asRead = value.equals(origin.values().get(name));
    @Nullable String set = variable == null ? null : origin.variables().get(variable);
    if (asRead && set != null) {
      return set;
    }
    if (value.equals(defaults.get(name))) {
      return "default";
    }
    // Derived from the environment, as the consumer name from the host name.
    return asRead ? "derived" : "code";
  }
}
