package dev.webhookworker.metrics;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What is counted by event type, tool or destination. Event types come from outside: one that does
 * not look like a name, and each beyond the first {@value #MOST_TYPES}, counts as {@code other}, so
 * that no sender can grow the metrics or write into them. Thread-safe.
 */
final class EventTypeLabels<T> {

  static final int MOST_TYPES = 100;
  static final String OTHER = "other";

  private static final int LONGEST = 100;

  private final Function<String, T> make;
  private final ConcurrentHashMap<String, T> byType = new ConcurrentHashMap<>();
  private final Set<String> taken = new HashSet<>();

  /**
   * @param make the meters of a label's value
   */
  EventTypeLabels(Function<String, T> make) {
    this.make = make;
  }

  T of(String eventType) {
    T known = byType.get(eventType);
    return known == null ? first(eventType) : known;
  }

  /** One at a time, so that several threads together don't exceed the limit. */
  private synchronized T first(String eventType) {
    boolean own = isName(eventType) && (taken.contains(eventType) || taken.size() < MOST_TYPES);
    String label = own ? eventType : OTHER;
    if (own) {
      taken.add(eventType);
    }
    return byType.computeIfAbsent(label, make);
  }

  private static boolean isName(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "._:/-".indexOf(c) >= 0;
      if (!allowed) {
        return false;
      }
    }
    return true;
  }
}
