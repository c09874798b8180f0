package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text with encrypted values in it; the rest of it stays character by character. Stateless.
 */
final class SealedJson {

  private SealedJson() {}

  /** What takes the place of an encrypted value. */
  interface Opening {
    /** JSON text, null to leave the value. */
    @Nullable String open(List<String> path, String closed);
  }

  /** The text with its encrypted values replaced; text that is not JSON stays as it is. */
  static String replace(String json, Opening opening) {
    try {
      return JsonSplice.replace(
          json,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return isSealed(at);
            }

            @Override
            public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
              return text == null ? null : opening.open(path, text);
            }
          });
    } catch (IOException notJson) {
      return json;
    }
  }

  /** Whether the parser is on a text that looks encrypted. */
  static boolean isSealed(JsonParser at) throws IOException {
    return at.currentToken() == JsonToken.VALUE_STRING && SealedValue.is(at.getText());
  }

  /** The edited text with each mask replaced that stands where the kept one is encrypted. */
  static String unmask(String kept, String edited, Opening opening) {
    Map<List<String>, String> closed = new HashMap<>();
    replace(
        kept,
        (path, text) -> {
          closed.put(List.copyOf(path), text);
          return null;
        });
    try {
      return JsonSplice.replace(
          edited,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              return at.currentToken() == JsonToken.VALUE_STRING
                  && at.getText().equals(PlainTexts.MASK)
                  && closed.containsKey(path);
            }

            @Override
            public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
              return opening.open(path, closed.getOrDefault(path, ""));
            }
          });
    } catch (IOException notJson) {
      return edited;
    }
  }
}
