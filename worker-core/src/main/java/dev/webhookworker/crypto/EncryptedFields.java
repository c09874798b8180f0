package dev.webhookworker.crypto;

import dev.webhookworker.spi.ToolConfig;
import dev.webhookworker.tool.InlineTools;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which fields are encrypted: those of every payload, and those that a tool names. Thread-safe. */
final class EncryptedFields {

  private static final int MOST_INLINE_TOOLS = 1_000;

  private final List<FieldPattern> everywhere;

  // What tools want, learnt when their events are processed: as many as are registered.
  private final Map<String, OfTool> byTool = new ConcurrentHashMap<>();

  // As many as publishers care to write, so bounded.
  private final Map<String, OfTool> byInlineTool = new ConcurrentHashMap<>();

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
    Map<String, OfTool> kept = kept(tool.id());
    OfTool known = kept.get(tool.id());
    if (known == null || !known.pointers().equals(wanted)) {
      if (kept == byInlineTool && kept.size() >= MOST_INLINE_TOOLS) {
        kept.clear();
      }
      kept.put(tool.id(), wanted.isEmpty() ? OfTool.NONE : OfTool.of(wanted));
    }
  }

  private Map<String, OfTool> kept(String toolId) {
    return InlineTools.isInline(toolId) ? byInlineTool : byTool;
  }

  /** What is encrypted of an event of that tool, whether it is known here or not. */
  List<FieldPattern> of(ToolConfig tool) {
    List<String> wanted = tool.encryptFields();
    if (wanted.isEmpty()) {
      return everywhere;
    }
    OfTool known = kept(tool.id()).get(tool.id());
    return and(known != null && known.pointers().equals(wanted) ? known : OfTool.of(wanted));
  }

  boolean knows(String toolId) {
    return kept(toolId).containsKey(toolId);
  }

  /**
   * @param toolId null when the event names none
   */
  List<FieldPattern> of(@Nullable String toolId) {
    OfTool ofTool = toolId == null ? null : kept(toolId).get(toolId);
    return and(ofTool == null ? OfTool.NONE : ofTool);
  }

  private List<FieldPattern> and(OfTool ofTool) {
    return ofTool.patterns().isEmpty()
        ? everywhere
        : Stream.concat(everywhere.stream(), ofTool.patterns().stream()).toList();
  }

  static boolean matches(List<FieldPattern> patterns, List<String> path) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }
}
