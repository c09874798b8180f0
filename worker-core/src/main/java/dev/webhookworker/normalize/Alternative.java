package dev.webhookworker.normalize;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One way to find a value: text with JSON Pointers in braces, <code>
 * {/repository/full_name}#{/issue/
 * number}</code>; behind a guard where structure alone does not tell, <code>[/object_kind=issue]…
 * </code>. It counts when its guard holds and each pointer leads to a value. Immutable.
 */
final class Alternative {

  private static final Pattern GUARD = Pattern.compile("^\\[(/[^=]+)=([^]]+)]");
  private static final Pattern PART = Pattern.compile("\\{(/[^}]+)}");
  private static final int LONGEST = 512;

  private final String written;
  private final @Nullable JsonPointer guard;
  private final String guardValue;
  private final List<String> literals = new ArrayList<>();
  private final List<JsonPointer> pointers = new ArrayList<>();

  private Alternative(String written) {
    this.written = written;
    Matcher guarded = GUARD.matcher(written);
    boolean hasGuard = guarded.find();
    guard = hasGuard ? JsonPointer.compile(guarded.group(1)) : null;
    guardValue = hasGuard ? guarded.group(2) : "";
    String template = hasGuard ? written.substring(guarded.end()) : written;
    int from = 0;
    for (MatchResult part : PART.matcher(template).results().toList()) {
      literals.add(template.substring(from, part.start()));
      pointers.add(JsonPointer.compile(part.group(1)));
      from = part.end();
    }
    literals.add(template.substring(from));
  }

  static List<Alternative> listOf(String... written) {
    return List.of(written).stream().map(Alternative::new).toList();
  }

  /** The first that applies; null when none does. */
  static @Nullable String first(List<Alternative> alternatives, JsonNode payload) {
    for (Alternative alternative : alternatives) {
      String value = alternative.read(payload);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private @Nullable String read(JsonNode payload) {
    if (guard != null && !payload.at(guard).asText().equals(guardValue)) {
      return null;
    }
    StringBuilder text = new StringBuilder(literals.get(0));
    for (int i = 0; i < pointers.size(); i++) {
      JsonNode value = payload.at(pointers.get(i));
      if (!value.isValueNode() || value.isNull() || value.asText().isBlank()) {
        return null;
      }
      text.append(value.asText()).append(literals.get(i + 1));
    }
    return printable(text.toString());
  }

  /** On one line and of bounded length, so that it can go into logs and headers. */
  static String printable(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    return cut.codePoints().anyMatch(Alternative::unprintable)
        ? cut.codePoints()
            .map(c -> unprintable(c) ? '\uFFFD' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : cut;
  }

  private static boolean unprintable(int codePoint) {
    int type = Character.getType(codePoint);
    return Character.isISOControl(codePoint)
        || type == Character.SURROGATE
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  @Override
  public String toString() {
    return written;
  }
}
