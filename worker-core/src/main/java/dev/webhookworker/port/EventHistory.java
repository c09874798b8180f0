package dev.webhookworker.port;

import dev.webhookworker.EventFilter;
import dev.webhookworker.StoredEventPage;
import org.jspecify.annotations.Nullable;

/** Questions about stored events. Thread-safe. */
public interface EventHistory {

  /** A page by the time received, the oldest first. */
  StoredEventPage search(EventFilter filter, @Nullable String cursor, int limit)
      throws StoreUnavailableException;

  long count(EventFilter filter) throws StoreUnavailableException;
}
