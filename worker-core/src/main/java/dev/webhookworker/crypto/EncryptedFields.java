package dev.webhookworker.crypto;

import dev.webhookworker.spi.ToolConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which fields are encrypted: those of every payload, and those that a tool names. Thread-safe. */
final class EncryptedFields {

  private static final int MOST_TOOLS = 10_000;

  private final List<FieldPattern> everywhere;

  // What tools want, learnt when their events are processed. Bounded.
  private final Map<String, OfTool> byTool = new ConcurrentHashMap<>();

  /** What a tool names, as given and read. */
  private record OfTool(List<String> pointers, List<FieldPattern> patterns) {
    static final OfTool NONE = new OfTool(List.of(), List.of());

    static OfTool of(List<String> pointers) {
      return new OfTool(pointers, pointers.stream().map(FieldPattern::of).toList());
    }
  }

  /**
   * @param pointers into every payload
   */
  EncryptedFields(List<String> pointers) {
    everywhere = pointers.stream().map(FieldPattern::of).toList();
  }

  boolean hasGlobal() {
    return !everywhere.isEmpty();
  }

  /** Takes note of what a tool wants. */
  void learn(ToolConfig tool) {
    List<String> wanted = tool.encryptFields();
    OfTool known = byTool.get(tool.id());
    if (known == null || !known.pointers().equals(wanted)) {
      if (byTool.size() >= MOST_TOOLS) {
        byTool.clear();
      }
      byTool.put(tool.id(), wanted.isEmpty() ? OfTool.NONE : OfTool.of(wanted));
    }
  }

  boolean knows(String toolId) {
    return byTool.containsKey(toolId);
  }

  /**
   * @param toolId null when the event names none
   */
  List<FieldPattern> of(@Nullable String toolId) {
    OfTool ofTool = toolId == null ? null : byTool.get(toolId);
    return ofTool == null || ofTool.patterns().isEmpty()
        ? everywhere
        : Stream.concat(everywhere.stream(), ofTool.patterns().stream()).toList();
  }

  static boolean matches(List<FieldPattern> patterns, List<String> path) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }
}
