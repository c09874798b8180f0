package dev.webhookworker.transform;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;

/**
 * A place in the payload: a field's name, a dotted name or a JSON Pointer (RFC 6901). A field whose
 * name itself contains the dots wins over the path. {@code $} before it means the whole payload
 * where an element is current; {@code .} is the current value itself.
 */
public final class Source {

  private static final int MOST_STEPS = 100;

  private final String text;
  private final boolean fromRoot;
  private final String name;
  private final List<String> steps;
  private final JsonPointer pointer;

  private Source(
      String text, boolean fromRoot, String name, List<String> steps, JsonPointer pointer) {
    this.text = text;
    this.fromRoot = fromRoot;
    this.name = name;
    this.steps = steps;
    this.pointer = pointer;
  }

  /**
   * @throws IllegalArgumentException when the text is empty or no JSON Pointer; says which
   */
  public static Source parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "a source is empty; name a field ('sender.login') or a JSON Pointer ('/sender/login')");
    }
    boolean fromRoot = text.startsWith("$/");
    String path = fromRoot ? text.substring(1) : text;
    if (path.chars().filter(c -> c == '/' || c == '.').count() > MOST_STEPS) {
      throw new IllegalArgumentException("a source has more than " + MOST_STEPS + " steps");
    }
    if (path.startsWith("/")) {
      return new Source(text, fromRoot, "", List.of(), JsonPointer.compile(path));
    }
    if (path.equals(".")) {
      return new Source(text, false, "", List.of(), JsonPointer.empty());
    }
    List<String> steps = path.contains(".") ? List.of(path.split("\\.", -1)) : List.of();
    return new Source(text, false, path, steps, JsonPointer.empty());
  }

  /** The value there; a missing node when there is none. */
  public JsonNode in(JsonNode payload) {
    return in(payload, payload);
  }

  JsonNode in(Scope scope) {
    return in(scope.root(), scope.current());
  }

  private JsonNode in(JsonNode root, JsonNode current) {
    if (name.isEmpty()) {
      return (fromRoot ? root : current).at(pointer);
    }
    JsonNode whole = current.path(name);
    return whole.isMissingNode() && !steps.isEmpty() ? follow(current) : whole;
  }

  private JsonNode follow(JsonNode start) {
    JsonNode at = start;
    for (String step : steps) {
      at = at.isArray() ? element(at, step) : at.path(step);
    }
    return at;
  }

  private static JsonNode element(JsonNode array, String step) {
    boolean index = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(Source::digit);
    return index ? array.path(Integer.parseInt(step)) : MissingNode.getInstance();
  }

  private static boolean digit(int character) {
    return character >= '0' && character <= '9';
  }

  /** As written in the rule. */
  @Override
  public String toString() {
    return text;
  }
}
