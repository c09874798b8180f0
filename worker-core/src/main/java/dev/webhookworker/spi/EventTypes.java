package dev.webhookworker.spi;

import java.util.Collection;

/** Matching of event types against patterns: {@code push}, {@code issues.*}, {@code *}. */
public final class EventTypes {

  private EventTypes() {}

  public static boolean matches(String pattern, String eventType) {
    if (pattern.equals("*") || pattern.equals(eventType)) {
      return true;
    }
    if (!pattern.endsWith(".*")) {
      return false;
    }
    int family = pattern.length() - 2;
    return eventType.regionMatches(0, pattern, 0, family)
        && (eventType.length() == family || eventType.charAt(family) == '.');
  }

  static boolean matchesAny(Collection<String> patterns, String eventType) {
    for (String pattern : patterns) {
      if (matches(pattern, eventType)) {
        return true;
      }
    }
    return false;
  }
}
