package dev.webhookworker.dispatch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.webhookworker.pipeline.InputRules;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.port.EntryFields;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose event an entry says that it is, as far as that can be read: the entry may be no event, or
 * one whose run never came to its tool. What filters and erasure find its dead letter by.
 *
 * @param eventId empty where there is no usable one
 */
record ClaimedOrigin(String eventId, @Nullable String tenantId, @Nullable String toolId) {

  private static final int LONGEST = 255;

  static ClaimedOrigin of(EntryFields fields) {
    return new ClaimedOrigin(
        Objects.requireNonNullElse(name(fields.text("event_id")), ""),
        member(fields.bytes("auth_context"), "tenant_id"),
        member(fields.bytes("metadata"), "tool_id"));
  }

  private static @Nullable String name(@Nullable String text) {
    return text == null
            || text.isEmpty()
            || text.length() > LONGEST
            || text.chars().anyMatch(c -> InputRules.breaksLine((char) c))
        ? null
        : text;
  }

  /** A member of the outermost object; what comes after it need not be JSON. */
  private static @Nullable String member(byte @Nullable [] json, String name) {
    if (json == null) {
      return null;
    }
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(name);
        JsonToken value = parser.nextToken();
        if (wanted) {
          return value == JsonToken.VALUE_STRING ? name(parser.getText()) : null;
        }
        parser.skipChildren();
      }
      return null;
    } catch (IOException noJson) {
      return null;
    }
  }
}
