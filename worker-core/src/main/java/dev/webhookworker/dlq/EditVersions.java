package dev.webhookworker.dlq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Both versions of an edited payload, kept beside the audit log so that they can be erased; the
 * line of the edit has their name as {@code versions}.
 */
public record EditVersions(String before, String after) {

  /**
   * The detail of a line, with both versions when it is that of an edit; what was erased stays a
   * name.
   *
   * @param kept by their name
   */
  public static @Nullable String shownIn(@Nullable String detail, Map<String, EditVersions> kept) {
    if (kept.isEmpty() || !isNamedIn(detail)) {
      return detail;
    }
    try {
      if (Json.MAPPER.readTree(detail) instanceof ObjectNode edit) {
        EditVersions found = kept.get(edit.path("versions").asText());
        return found == null
            ? detail
            : edit.put("before", found.before()).put("after", found.after()).toString();
      }
      return detail;
    } catch (JsonProcessingException ofAnotherAct) {
      return detail;
    }
  }

  /** Whether a line may be that of an edit. */
  public static boolean isNamedIn(@Nullable String detail) {
    return detail != null && detail.contains("\"versions\"");
  }
}
