package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table's answers, and the queue's for those dead letters that the database refuses: they come
 * after all others, whatever the order. Thread-safe.
 */
final class TableView implements DeadLetterView {

  /** In a cursor: the table has been listed, and the refused ones up to the id that follows. */
  private static final String REFUSED = "refused ";

  private static final int MOST_REFUSED = 1_000;

  private final DeadLetterTable table;
  private final QueueView queue;

  TableView(DeadLetterTable table, QueueView queue) {
    this.table = table;
    this.queue = queue;
  }

  private List<DeadLetter> refused(DeadLetterFilter filter)
      throws StreamUnavailableException, StoreUnavailableException {
    List<String> ids = table.refused(MOST_REFUSED);
    return ids.isEmpty()
        ? List.of()
        : queue.summaries(ids).stream()
            .filter(letter -> Summaries.matches(filter, letter))
            .sorted(Comparator.comparing(DeadLetter::id))
            .toList();
  }

  @Override
  public DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StreamUnavailableException, StoreUnavailableException {
    List<DeadLetter> items = new ArrayList<>();
    String after = "";
    if (cursor != null && cursor.startsWith(REFUSED)) {
      after = cursor.substring(REFUSED.length());
    } else {
      DeadLetterPage page = table.page(filter, cursor, limit, oldestFirst);
      if (page.next() != null) {
        return page;
      }
      items.addAll(page.items());
    }
    for (DeadLetter letter : refused(filter)) {
      if (letter.id().compareTo(after) > 0) {
        if (items.size() == limit) {
          return new DeadLetterPage(items, REFUSED + after);
        }
        items.add(letter);
        after = letter.id();
      }
    }
    return new DeadLetterPage(items, null);
  }

  @Override
  public long count(DeadLetterFilter filter)
      throws StreamUnavailableException, StoreUnavailableException {
    return table.count(filter) + refused(filter).size();
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StreamUnavailableException, StoreUnavailableException {
    List<DeadLetterGroup> ofTable = table.groups(filter, limit);
    List<DeadLetter> refused = refused(filter);
    if (refused.isEmpty()) {
      return ofTable;
    }
    Map<String, DeadLetterGroup> groups = new LinkedHashMap<>();
    ofTable.forEach(group -> groups.put(group.fingerprint(), group));
    refused.forEach(
        letter -> groups.merge(letter.fingerprint(), Summaries.alone(letter), Summaries::together));
    return Summaries.largest(groups.values(), limit);
  }

  /** One that is not in the table may not have come there yet. */
  @Override
  public Optional<Found> find(String entryId)
      throws StreamUnavailableException, StoreUnavailableException {
    Optional<Found> found = table.find(entryId);
    return found.isPresent() ? found : queue.find(entryId);
  }

  @Override
  public List<DeadLetter> due(Instant now, int max)
      throws StreamUnavailableException, StoreUnavailableException {
    List<DeadLetter> due = new ArrayList<>(table.due(now, max));
    for (DeadLetter letter : refused(DeadLetterFilter.OPEN)) {
      if (due.size() < max && queue.isDue(letter, now)) {
        due.add(letter);
      }
    }
    return due;
  }
}
