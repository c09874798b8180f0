package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ToolConfig;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** One version of a tool, its rules compiled when they are first needed. Thread-safe. */
final class ToolPlan {

  private final Function<JsonNode, EventTransformer.Compiled> compiler;
  private final Map<String, PayloadPart> parts = new ConcurrentHashMap<>();
  private final Map<String, EventTransformer.Compiled> transformations = new ConcurrentHashMap<>();

  private final Routes routes;
  private final Optional<OrderGuard> orderGuard;

  // The instance seen last: the same version may come again as another object.
  private volatile ToolConfig tool;

  ToolPlan(ToolConfig tool, Function<JsonNode, EventTransformer.Compiled> compiler) {
    routes = Routes.of(tool);
    orderGuard = OrderGuard.of(tool);
    this.tool = tool;
    this.compiler = compiler;
  }

  @SuppressWarnings("ReferenceEquality") // the quick way first
  boolean isOf(ToolConfig other) {
    if (tool == other) {
      return true;
    }
    boolean same = tool.equals(other);
    if (same) {
      tool = other;
    }
    return same;
  }

  Routes routes() {
    return routes;
  }

  Optional<OrderGuard> orderGuard() {
    return orderGuard;
  }

  /** By the pattern, of which {@code ToolConfig.ruleFor} always finds the same rule. */
  PayloadPart part(ToolConfig.EventRule rule) {
    PayloadPart part = parts.get(rule.eventType());
    return part == null
        ? parts.computeIfAbsent(rule.eventType(), pattern -> PayloadPart.of(rule))
        : part;
  }

  EventTransformer.Compiled transformation(ToolConfig.EventRule rule) {
    EventTransformer.Compiled found = transformations.get(rule.eventType());
    if (found == null) {
      found = compiler.apply(Objects.requireNonNull(rule.transformRules()));
      transformations.put(rule.eventType(), found);
    }
    return found;
  }
}
