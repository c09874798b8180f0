package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.DestinationState;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;

/** The destinations that this process has used, and the end of being disabled, in every process. */
final class DestinationResource {

  private final OpsParts parts;
  private final DisabledDestinations disabled;

  DestinationResource(OpsParts parts) {
    this.parts = parts;
    disabled = new DisabledDestinations(parts.forwarding(), parts.audit(), parts.clock());
  }

  Answer list(Call call) {
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    parts.forwarding().states().forEach(state -> items.add(json(state)));
    return Answer.ok(answer);
  }

  private static ObjectNode json(DestinationState state) {
    return Answer.object()
        .put("tool_id", state.toolId())
        .put("name", state.destination())
        .put("circuit", state.circuit())
        .put("disabled_at", state.disabledAt().map(Object::toString).orElse(null));
  }

  Answer enable(Call call) {
    String toolId = call.path().get(0);
    String name = call.path().get(1);
    try {
      if (!disabled.enable(toolId, name, call.actor())) {
        throw ApiProblem.notFound("this destination is not disabled");
      }
    } catch (StreamUnavailableException | StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    }
    return Answer.ok(Answer.object().put("tool_id", toolId).put("name", name));
  }
}
