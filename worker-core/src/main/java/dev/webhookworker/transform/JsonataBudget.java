package dev.webhookworker.transform;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.Jsonata;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one evaluation of a JSONata expression may use up. The library looks at its own limits
 * between steps only, so a step that is large by itself is refused before it is done, and regular
 * expressions, which nothing ends once they run, are refused altogether. For one thread.
 */
final class JsonataBudget {

  private static final int DEEPEST = 200;
  private static final int LARGEST_TEXT = OutputBudget.MOST_CHARACTERS;

  /** Many evaluations at once have to fit into the heap, with what each keeps to its end. */
  private static final int SHARE_OF_HEAP = 64;

  private static final int BYTES_OF_AN_ELEMENT = 16;
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  /** Of all texts that the steps make. */
  static final long MOST_CHARACTERS =
      between(LARGEST_TEXT, HEAP / SHARE_OF_HEAP, 16L * LARGEST_TEXT);

  /** Of all long lists that the steps have as a result. */
  static final long MOST_ELEMENTS =
      between(250_000, HEAP / SHARE_OF_HEAP / BYTES_OF_AN_ELEMENT, 4_000_000);

  /** Shorter ones are parts of the payload, again and again. */
  private static final int LONG_LIST = 1_000;

  private final String rule;
  private final long endNanos;

  // Mutable state
  private int depth;
  private long characters;
  private long elements;

  private JsonataBudget(String rule, long endNanos) {
    this.rule = rule;
    this.endNanos = endNanos;
  }

  /**
   * Bounds the evaluations in a frame from now on.
   *
   * @param longestMillis of the evaluation
   * @throws RuleFailure by the evaluation, when it uses up more
   */
  static void bound(Jsonata.Frame frame, String rule, long longestMillis) {
    JsonataBudget budget = new JsonataBudget(rule, System.nanoTime() + longestMillis * 1_000_000);
    frame.setEvaluateEntryCallback((step, input, scope) -> budget.enter());
    frame.setEvaluateExitCallback((step, input, scope, result) -> budget.leave(result));
    frame.bind("pad", new Jsonata.JFunction((input, given) -> budget.pad(given), "<s-ns?:s>"));
    frame.bind(
        "replace",
        new Jsonata.JFunction((input, given) -> budget.replace(given), "<s-(sf)(sf)n?:s>"));
    frame.bind(
        "eval",
        new Jsonata.JFunction(
            (input, given) -> {
              throw budget.failure("uses $eval, which is not available here");
            },
            "<sx?:x>"));
  }

  private static long between(long least, long wanted, long most) {
    return Math.max(least, Math.min(wanted, most));
  }

  private void enter() {
    if (++depth > DEEPEST) {
      throw failure("calls itself more than " + DEEPEST + " levels deep");
    }
    if (System.nanoTime() - endNanos > 0 || Thread.currentThread().isInterrupted()) {
      throw failure("takes longer than its limit of time");
    }
  }

  private void leave(@Nullable Object result) {
    depth--;
    if (result instanceof String text) {
      spend(text.length());
    } else if (result instanceof List<?> list && list.size() >= LONG_LIST) {
      elements += list.size();
      if (elements > MOST_ELEMENTS) {
        throw failure("makes lists of more than " + MOST_ELEMENTS + " elements in all");
      }
    } else if (result instanceof Pattern) {
      throw failure(
          "has a regular expression, which can't be bounded and is not available here; use"
              + " $contains, $split, $replace and $substringBefore with texts");
    }
  }

  private void spend(long length) {
    characters += length;
    if (length > LARGEST_TEXT || characters > MOST_CHARACTERS) {
      throw failure("makes texts of more than " + MOST_CHARACTERS + " characters in all");
    }
  }

  private @Nullable Object pad(List<?> given) {
    Number width = (Number) given.get(1);
    if (width != null) {
      spend(Math.round(Math.min(Long.MAX_VALUE / 4d, Math.abs(width.doubleValue()))));
    }
    return Functions.pad((String) given.get(0), width, (String) optional(given, 2));
  }

  private @Nullable Object replace(List<?> given) throws Throwable {
    Object text = given.get(0);
    Object part = given.get(1);
    Object replacement = given.get(2);
    if (text instanceof String all
        && part instanceof String what
        && replacement instanceof String by) {
      long most = all.length() / Math.max(1, what.length());
      spend(all.length() + most * by.length());
    }
    Number limit = (Number) optional(given, 3);
    return Functions.replace(
        (String) text, part, replacement, limit == null ? null : limit.intValue());
  }

  private static @Nullable Object optional(List<?> given, int index) {
    return given.size() > index ? given.get(index) : null;
  }

  private RuleFailure failure(String why) {
    return new RuleFailure(rule, why);
  }
}
