package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DestinationState;

/** The destinations that this process has used, and the end of being disabled, in every process. */
final class DestinationResource {

  private final OpsParts parts;

  DestinationResource(OpsParts parts) {
    this.parts = parts;
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
    if (!parts.disabledDestinations().enable(toolId, name, call.actor())) {
      throw ApiProblem.notFound("this destination is not disabled");
    }
    return Answer.ok(Answer.object().put("tool_id", toolId).put("name", name));
  }
}
