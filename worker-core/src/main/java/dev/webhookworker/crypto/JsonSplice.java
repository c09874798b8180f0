package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces values inside JSON text and leaves every other character as it is: order, spaces,
 * escapes and duplicate names. Stateless.
 */
final class JsonSplice {

  private static final int DEEPEST = 10_000;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
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
   * Without recursion, for a text from outside may be as deep as it is long.
   *
   * @throws IOException when the text is not JSON, or nested deeper than {@value #DEEPEST} levels
   */
  static String replace(String json, Replacement replacement) throws IOException {
    StringBuilder result = new StringBuilder(json.length() + 256);
    int copied = 0;
    try (JsonParser parser = JSON.createParser(json)) {
      Position position = new Position(parser);
      for (boolean more = parser.nextToken() != null; more; more = position.next()) {
        if (!replacement.concerns(position.path, parser)) {
          position.enter();
          continue;
        }
        int start = (int) parser.currentTokenLocation().getCharOffset();
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
        int end = end(parser, start);
        String replaced = replacement.replace(position.path, json.substring(start, end), text);
        if (replaced != null) {
          result.append(json, copied, start).append(replaced);
          copied = end;
        }
        position.leave();
      }
    }
    return copied == 0 ? json : result.append(json, copied, json.length()).toString();
  }

  /** Where the parser is: always on the first token of a value, until that is left. */
  private static final class Position {

    private static final int OBJECT = -1;

    final List<String> path = new ArrayList<>();
    private final JsonParser parser;

    /** Of each open array the index of its next element, of each open object {@link #OBJECT}. */
    private final Deque<Integer> open = new ArrayDeque<>();

    Position(JsonParser parser) {
      this.parser = parser;
    }

    /** Looks at the parts of the value; one without parts is left. */
    void enter() {
      switch (parser.currentToken()) {
        case START_OBJECT -> open.push(OBJECT);
        case START_ARRAY -> open.push(0);
        default -> leave();
      }
    }

    void leave() {
      if (!open.isEmpty()) {
        path.remove(path.size() - 1);
      }
    }

    /** Goes on to the next value; false when there is none. */
    boolean next() throws IOException {
      while (!open.isEmpty()) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          throw new EOFException("the JSON ends within a value");
        }
        if (token.isStructEnd()) {
          open.pop();
          leave();
          continue;
        }
        int index = open.pop();
        open.push(index == OBJECT ? OBJECT : index + 1);
        path.add(index == OBJECT ? parser.currentName() : Integer.toString(index));
        if (index == OBJECT) {
          parser.nextToken();
        }
        return true;
      }
      return false;
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
