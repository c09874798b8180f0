package dev.webhookworker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of processed events.
 *
 * @param next what to pass for the next page; null at the end
 */
public record StoredEventPage(List<StoredEvent> items, @Nullable String next) {

  public StoredEventPage {
    items = List.copyOf(items);
  }
}
