package dev.webhookworker.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.WebhookEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * A condition on an event, in the language of conditional rules. Its sources lead into {@code
 * {event_id, event_type, repo_name, sender_name, tenant_id, payload}}, e.g. {@code
 * /payload/action}. Immutable.
 */
public final class EventCondition {

  private final Condition condition;

  private EventCondition(Condition condition) {
    this.condition = condition;
  }

  /**
   * Reads a condition.
   *
   * @param problems gets what is wrong with it, a sentence each
   * @return one of no use when something was added
   */
  public static EventCondition compile(JsonNode json, List<String> problems) {
    List<String> told = new ArrayList<>();
    Condition condition = new ConditionCompiler(told).compile("", json);
    told.forEach(problem -> problems.add(problem.replace("transform rule '': ", "")));
    return new EventCondition(condition);
  }

  public boolean holds(WebhookEvent event) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("event_id", event.eventId());
    document.put("event_type", event.eventType());
    document.put("repo_name", event.repoName());
    document.put("sender_name", event.senderName());
    document.put("tenant_id", event.tenantId());
    document.set("payload", event.payload());
    return condition.holds(Scope.of(document));
  }
}
