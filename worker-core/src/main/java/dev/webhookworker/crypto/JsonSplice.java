package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces values inside JSON text and leaves every other character as it is: order, spaces,
 * escapes and duplicate names. Stateless.
 */
final class JsonSplice {

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(10_000)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private JsonSplice() {}

  /** Decides about one value. */
  interface Replacement {

    /** Whether the value at that place is looked at as a whole; else its parts are. */
    boolean concerns(List<String> path, JsonParser at) throws IOException;

    /**
     * The JSON text to put there, null to leave it.
     *
     * @param raw the value's own text
     * @param text what a string says; null for other values
     */
    @Nullable String replace(List<String> path, String raw, @Nullable String text);
  }

  /**
   * @throws IOException when the text is not JSON
   */
  static String replace(String json, Replacement replacement) throws IOException {
    StringBuilder result = new StringBuilder(json.length() + 256);
    int[] copied = {0};
    try (JsonParser parser = JSON.createParser(json)) {
      List<String> path = new ArrayList<>();
      if (parser.nextToken() != null) {
        value(parser, json, path, replacement, result, copied);
      }
    }
    return copied[0] == 0 ? json : result.append(json, copied[0], json.length()).toString();
  }

  /** The parser is on a value's first token, and is left on its last. */
  private static void value(
      JsonParser parser,
      String json,
      List<String> path,
      Replacement replacement,
      StringBuilder result,
      int[] copied)
      throws IOException {
    JsonToken token = parser.currentToken();
    if (replacement.concerns(path, parser)) {
      int start = (int) parser.currentTokenLocation().getCharOffset();
      String text = token == JsonToken.VALUE_STRING ? parser.getText() : null;
      int end = end(parser, start);
      String replaced = replacement.replace(path, json.substring(start, end), text);
      if (replaced != null) {
        result.append(json, copied[0], start).append(replaced);
        copied[0] = end;
      }
      return;
    }
    if (token == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        path.add(parser.currentName());
        parser.nextToken();
        value(parser, json, path, replacement, result, copied);
        path.remove(path.size() - 1);
      }
    } else if (token == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        path.add(Integer.toString(i));
        value(parser, json, path, replacement, result, copied);
        path.remove(path.size() - 1);
      }
    }
  }

  private static int end(JsonParser parser, int start) throws IOException {
    JsonToken token = parser.currentToken();
    if (token.isScalarValue() && token != JsonToken.VALUE_STRING) {
      // After a number the parser may have looked one character further.
      return start + parser.getTextLength();
    }
    if (token == JsonToken.VALUE_STRING) {
      parser.finishToken();
    } else {
      parser.skipChildren();
    }
    return (int) parser.currentLocation().getCharOffset();
  }
}
