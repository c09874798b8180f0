package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.WebhookEvent;
import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.transform.EventCondition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code routes} of one version of a tool: which processors run for which events. Immutable. */
final class Routes {

  private final List<Route> routes;

  private record Route(EventCondition condition, Set<String> processors) {}

  private Routes(List<Route> routes) {
    this.routes = routes;
  }

  /** The parser has found nothing wrong with them. */
  static Routes of(ToolConfig tool) {
    List<Route> routes = new ArrayList<>();
    JsonNode webhook = tool.webhookConfig();
    if (webhook != null) {
      for (JsonNode route : webhook.path("routes")) {
        Set<String> names = new HashSet<>();
        route.path("processors").forEach(name -> names.add(name.asText()));
        routes.add(new Route(EventCondition.compile(route.path("if"), new ArrayList<>()), names));
      }
    }
    return new Routes(routes);
  }

  static void check(ConfigObject webhook) {
    for (ConfigObject route : webhook.objects("routes")) {
      JsonNode condition = route.objectNode("if");
      if (condition == null) {
        route.problem("needs 'if', a condition");
      } else {
        List<String> problems = new ArrayList<>();
        var unused = EventCondition.compile(condition, problems);
        problems.forEach(route::problem);
      }
      if (route.texts("processors").isEmpty()) {
        route.problem("needs 'processors', names of processors");
      }
      route.refuseUnknownFields();
    }
  }

  /** The processors of the first route that fits; empty when none does. */
  Optional<Set<String>> processorsFor(WebhookEvent event) {
    for (Route route : routes) {
      if (route.condition().holds(event)) {
        return Optional.of(route.processors());
      }
    }
    return Optional.empty();
  }
}
