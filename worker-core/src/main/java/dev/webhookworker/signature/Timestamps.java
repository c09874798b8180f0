package dev.webhookworker.signature;

import java.util.OptionalLong;

/** Timestamps in headers: whole seconds since 1970. */
final class Timestamps {

  private static final int MOST_DIGITS = 18;

  private Timestamps() {}

  /** The seconds; empty when the text is not a plain number of them. */
  static OptionalLong parse(String text) {
    if (text.isEmpty()
        || text.length() > MOST_DIGITS
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
