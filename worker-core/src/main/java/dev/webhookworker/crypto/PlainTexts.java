package dev.webhookworker.crypto;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the encrypted fields of one payload say, so that it is found where it was copied to. For one
 * thread.
 */
final class PlainTexts {

  static final String MASK = "***";

  /** Shortest text that is looked for inside another. */
  private static final int LEAST_MASKED = 3;

  /**
   * How far into one of them is compared at each place of another text: two long texts of one
   * letter would else be compared for minutes.
   */
  private static final int COMPARED = 32;

  private final Set<String> texts = new HashSet<>();

  // Characters that may still be looked through: a sender chooses both how many texts there are and
  // what is searched for them.
  private long budget = 100_000_000;

  /**
   * Collects them from a payload.
   *
   * @throws IOException when it is not JSON
   */
  static PlainTexts of(String payload, List<FieldPattern> patterns) throws IOException {
    PlainTexts plain = new PlainTexts();
    visit(
        payload,
        new JsonSplice.Replacement() {
          @Override
          public boolean concerns(List<String> path, JsonParser at) {
            return EncryptedFields.matches(patterns, path);
          }

          @Override
          public @Nullable String replace(List<String> path, String raw, @Nullable String text) {
            plain.add(raw, text);
            return null;
          }
        });
    return plain;
  }

  /** The texts and numbers inside a value that is encrypted. */
  void add(String raw, @Nullable String text) {
    if (text != null) {
      texts.add(text);
      return;
    }
    try {
      visit(
          raw,
          new JsonSplice.Replacement() {
            @Override
            public boolean concerns(List<String> path, JsonParser at) throws IOException {
              JsonToken token = at.currentToken();
              if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
                texts.add(at.getText());
              }
              return false;
            }

            @Override
            public @Nullable String replace(
                List<String> path, String ignored, @Nullable String none) {
              return null;
            }
          });
    } catch (IOException impossible) {
      texts.add(raw);
    }
  }

  private static void visit(String json, JsonSplice.Replacement visitor) throws IOException {
    String unchanged = JsonSplice.replace(json, visitor);
    assert unchanged.equals(json);
  }

  /**
   * Whether a text is one of them, or has one inside. Also true where the search would take too
   * long, so that nothing is left in the clear.
   */
  boolean areIn(String text) {
    return texts.contains(text)
        || texts.stream().anyMatch(one -> one.length() >= LEAST_MASKED && mayBeIn(text, one));
  }

  private boolean mayBeIn(String text, String one) {
    if (one.length() > text.length()) {
      return false;
    }
    budget -= text.length();
    return budget < 0 || text.contains(one.substring(0, Math.min(one.length(), COMPARED)));
  }

  /**
   * The message with each of them masked, the longest first; the whole message where the search
   * would take too long.
   */
  String maskedIn(String message) {
    List<String> longestFirst = new ArrayList<>(texts);
    longestFirst.sort((one, other) -> Integer.compare(other.length(), one.length()));
    String masked = message;
    for (String one : longestFirst) {
      if (one.length() >= LEAST_MASKED && mayBeIn(masked, one)) {
        budget -= (long) masked.length() * one.length() / COMPARED;
        if (budget < 0) {
          return MASK;
        }
        masked = masked.replace(one, MASK);
      }
    }
    return masked;
  }
}
