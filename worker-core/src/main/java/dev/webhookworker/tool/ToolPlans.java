package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.port.ResourceVersion;
import dev.webhookworker.spi.EventTransformer;
import dev.webhookworker.spi.ToolConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tools ask for, compiled once for each version of a tool. A tool without event rules costs
 * nothing. Thread-safe.
 */
public final class ToolPlans {

  private static final int MOST_KEPT = 10_000;

  private final List<EventTransformer> transformers;
  private final PayloadSchemas schemas;
  private final ConcurrentHashMap<String, ToolPlan> plans = new ConcurrentHashMap<>();

  /**
   * @param transformers in the order in which they are asked
   */
  public ToolPlans(List<EventTransformer> transformers, PayloadSchemas schemas) {
    this.transformers = List.copyOf(transformers);
    this.schemas = schemas;
  }

  /**
   * The event as the tool wants it processed: the selected part, checked. The same event for a tool
   * without rules for its type.
   *
   * @throws NonRetryableException when the payload is not what the tool requires, or the tool's
   *     configuration can't work
   * @throws IOException when a schema can't be loaded just now
   */
  public WebhookEvent prepare(WebhookEvent event, ToolConfig tool) throws IOException {
    if (tool.events().isEmpty()) {
      return event;
    }
    Optional<ToolConfig.EventRule> rule = tool.ruleFor(event.eventType());
    if (rule.isEmpty()) {
      return event;
    }
    WebhookEvent part = planOf(tool).part(rule.get()).select(event, tool.id());
    String schemaUrl = rule.get().schemaUrl();
    if (schemaUrl != null) {
      schemas.check(schemaUrl, part.payload(), tool.id());
    }
    return part;
  }

  /**
   * The names of the processors that the tool's routes choose for the event; empty when they choose
   * none and all that support it run.
   */
  public Optional<Set<String>> processorsFor(WebhookEvent event, ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    return webhook == null || !webhook.has("routes")
        ? Optional.empty()
        : planOf(tool).routes().processorsFor(event);
  }

  /**
   * Which state of which resource the event, as received, tells of; empty when its tool has no
   * {@code order_guard}, or the event is of no resource.
   *
   * @throws NonRetryableException when its version can't be compared
   */
  public Optional<ResourceVersion> resourceOf(WebhookEvent event, ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    return webhook == null || !webhook.has(OrderGuard.FIELD)
        ? Optional.empty()
        : planOf(tool).orderGuard().flatMap(guard -> guard.of(event, tool.id()));
  }

  /**
   * The event with the payload that the tool's transformation rules make of it.
   *
   * @throws NonRetryableException when there are no rules, no transformer understands them, or they
   *     can't be applied
   */
  public WebhookEvent transform(WebhookEvent event, ToolConfig tool) {
    Optional<ToolConfig.EventRule> rule = tool.ruleFor(event.eventType());
    if (rule.isEmpty() || rule.get().transformRules() == null) {
      throw new NonRetryableException(
          "tool '"
              + tool.id()
              + "' is in mode transform_and_store but has no transform_rules for '"
              + event.eventType()
              + "'");
    }
    return planOf(tool).transformation(rule.get()).transform(event, tool);
  }

  /** Everything that is wrong with the tool's transformation rules, one sentence each. */
  public List<String> problems(ToolConfig tool) {
    List<String> problems = new ArrayList<>();
    for (ToolConfig.EventRule rule : tool.events()) {
      if (rule.transformRules() != null) {
        try {
          compile(tool, rule.transformRules());
        } catch (NonRetryableException wrong) {
          problems.add("tool '" + tool.id() + "': " + wrong.getMessage());
        }
      }
    }
    return problems;
  }

  private ToolPlan planOf(ToolConfig tool) {
    ToolPlan plan = plans.get(tool.id());
    if (plan != null && plan.isOf(tool)) {
      return plan;
    }
    if (plans.size() >= MOST_KEPT) {
      plans.clear();
    }
    ToolPlan made = new ToolPlan(tool, rules -> compile(tool, rules));
    plans.put(tool.id(), made);
    return made;
  }

  private EventTransformer.Compiled compile(ToolConfig tool, JsonNode rules) {
    for (EventTransformer transformer : transformers) {
      if (transformer.supports(rules)) {
        return transformer.compile(rules);
      }
    }
    throw new NonRetryableException(
        "no EventTransformer understands the transform_rules of tool '" + tool.id() + "'");
  }
}
