package dev.webhookworker.port;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Questions about dead letters, answered by the table or by the queue alone. Thread-safe. */
public interface DeadLetterView {

  /**
   * A dead letter with all that is needed to run it again.
   *
   * @param summary what lists show
   * @param entry as in the queue; its position may be outdated
   */
  record Found(DeadLetter summary, DeadLetterEntry entry) {}

  /**
   * A page by the time of death.
   *
   * @param cursor of the page before in the same order, null for the first
   */
  DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StreamUnavailableException, StoreUnavailableException;

  long count(DeadLetterFilter filter) throws StreamUnavailableException, StoreUnavailableException;

  /** The most frequent first. */
  List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StreamUnavailableException, StoreUnavailableException;

  Optional<Found> find(String entryId) throws StreamUnavailableException, StoreUnavailableException;

  /** Those that the worker may retry by itself now. */
  List<DeadLetter> due(Instant now, int max)
      throws StreamUnavailableException, StoreUnavailableException;
}
