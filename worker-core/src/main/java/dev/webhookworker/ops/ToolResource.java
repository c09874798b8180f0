package dev.webhookworker.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.DeadLetters;
import dev.webhookworker.ToolLimitState;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.ToolCatalogue;
import dev.webhookworker.port.ToolCatalogue.ListedTool;
import dev.webhookworker.spi.ToolConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tools, how their limits stand in this process, and their pause: in every worker where the
 * registry has the tool, else in this one.
 */
final class ToolResource {

  private final OpsParts parts;
  private final Acts acts;

  ToolResource(OpsParts parts, Acts acts) {
    this.parts = parts;
    this.acts = acts;
  }

  /**
   * A tool as it is shown.
   *
   * @param source {@code registry}, {@code file}, or {@code seen}: in use, and known by neither
   */
  private record Shown(ListedTool tool, String source) {}

  Answer list(Call call) {
    Map<String, List<ToolLimitState>> limits =
        parts.gates().states().stream().collect(Collectors.groupingBy(ToolLimitState::toolId));
    Set<String> pausedHere = parts.gates().pausedHere();
    ObjectNode answer = Answer.object();
    ArrayNode items = answer.putArray("items");
    known()
        .values()
        .forEach(shown -> items.add(json(shown, limits, pausedHere.contains(shown.tool().id()))));
    return Answer.ok(answer);
  }

  private Map<String, Shown> known() {
    Set<String> seen = new TreeSet<>(parts.activity().tools());
    seen.addAll(parts.gates().pausedHere());
    parts.gates().states().forEach(state -> seen.add(state.toolId()));
    Map<String, Shown> known = new TreeMap<>();
    seen.forEach(id -> known.put(id, new Shown(unknown(id), "seen")));
    parts.fileTools().forEach(tool -> known.put(tool.id(), new Shown(listed(tool), "file")));
    registered().forEach(tool -> known.put(tool.id(), new Shown(tool, "registry")));
    return known;
  }

  private static ListedTool unknown(String id) {
    return new ListedTool(id, id, "", null, "active", false, 0);
  }

  private static ListedTool listed(ToolConfig tool) {
    return new ListedTool(
        tool.id(),
        tool.name(),
        tool.provider(),
        tool.tenantId(),
        tool.active() ? "active" : "inactive",
        tool.paused(),
        0);
  }

  private List<ListedTool> registered() {
    Optional<ToolCatalogue> catalogue = catalogue();
    try {
      return catalogue.isPresent() ? catalogue.get().list() : List.of();
    } catch (StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    }
  }

  private Optional<ToolCatalogue> catalogue() {
    EventStore store = parts.store();
    return store == null ? Optional.empty() : store.tools();
  }

  private static ObjectNode json(
      Shown shown, Map<String, List<ToolLimitState>> limits, boolean pausedHere) {
    ListedTool tool = shown.tool();
    ObjectNode json =
        Answer.object()
            .put("id", tool.id())
            .put("name", tool.name())
            .put("provider", tool.provider())
            .put("tenant_id", tool.tenantId())
            .put("source", shown.source())
            .put("status", tool.status())
            .put("paused", tool.paused() ? "everywhere" : pausedHere ? "here" : "no")
            .put("version", tool.version());
    ArrayNode states = json.putArray("limits");
    for (ToolLimitState state : limits.getOrDefault(tool.id(), List.of())) {
      ObjectNode one = states.addObject();
      one.put("event_types", state.eventTypes());
      one.put("running", state.running());
      if (state.maxConcurrent().isPresent()) {
        one.put("max_concurrent", state.maxConcurrent().getAsInt());
      } else {
        one.putNull("max_concurrent");
      }
      one.put("held_back", state.heldBack());
      one.put("circuit", state.circuit().orElse(null));
    }
    return json;
  }

  Answer pause(Call call) {
    return change(call, true);
  }

  Answer resume(Call call) {
    return change(call, false);
  }

  private Answer change(Call call, boolean paused) {
    String id = call.path().get(0);
    boolean everywhere = changeRegistry(id, paused, call.actor());
    if (!paused) {
      parts.gates().resume(id);
    } else if (!everywhere) {
      if (!known().containsKey(id)) {
        throw ApiProblem.notFound("no such tool is known");
      }
      parts.gates().pause(id);
    }
    boolean audited =
        acts.note(paused ? "tool_paused" : "tool_resumed", call.actor(), "tool " + id);
    return Answer.ok(
        Answer.object()
            .put("id", id)
            .put("paused", paused)
            .put("scope", everywhere ? "everywhere" : "here")
            .put("audited", audited));
  }

  private boolean changeRegistry(String id, boolean paused, String actor) {
    Optional<ToolCatalogue> catalogue = catalogue();
    try {
      return catalogue.isPresent() && catalogue.get().pause(id, paused, actor).isPresent();
    } catch (StoreUnavailableException away) {
      throw new DeadLetters.UnavailableException(away);
    }
  }
}
