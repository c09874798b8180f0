package dev.webhookworker.dlq;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterQueue;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The questions answered by the queue alone: it is read in pages, so an answer costs time in
 * proportion to the open dead letters. Only these are known. Thread-safe.
 */
final class QueueView implements DeadLetterView {

  private static final int PAGE = 100;
  private static final int LOOKED_AT_FOR_DUE = 5_000;

  private final DeadLetterQueue queue;
  private final DlqSettings settings;

  // Where the next look for due ones begins, so that those that are never due hide none. Guarded by
  // this.
  private @Nullable String lookedUpTo;

  QueueView(DeadLetterQueue queue, DlqSettings settings) {
    this.queue = queue;
    this.settings = settings;
  }

  /** Tells of one dead letter after the other until it has seen enough. */
  private interface Scan {
    boolean wantsMore(DeadLetter letter, String position);
  }

  private void scan(@Nullable String from, boolean oldestFirst, Scan scan)
      throws StreamUnavailableException {
    @Nullable String position = from;
    while (true) {
      List<DeadLetterEntry> page =
          oldestFirst ? queue.after(position, PAGE) : queue.before(position, PAGE);
      List<DeadLetterQueue.State> states =
          queue.states(page.stream().map(DeadLetterEntry::entryId).toList());
      for (int i = 0; i < page.size(); i++) {
        DeadLetterEntry entry = page.get(i);
        if (states.get(i).isOpen()
            && !scan.wantsMore(summary(entry, states.get(i)), entry.position())) {
          return;
        }
      }
      if (page.isEmpty()) {
        return;
      }
      position = page.get(page.size() - 1).position();
    }
  }

  private DeadLetter summary(DeadLetterEntry entry, DeadLetterQueue.State state) {
    DeadLetterStatus status =
        state == DeadLetterQueue.State.RETRYING
            ? DeadLetterStatus.RETRYING
            : settings.usedUp(entry.record().retries().count())
                ? DeadLetterStatus.FAILED
                : DeadLetterStatus.PENDING;
    return Summaries.of(entry, status);
  }

  @Override
  public DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StreamUnavailableException {
    List<DeadLetter> items = new ArrayList<>();
    String[] last = new String[1];
    boolean[] more = new boolean[1];
    scan(
        cursor,
        oldestFirst,
        (letter, position) -> {
          if (!Summaries.matches(filter, letter)) {
            return true;
          }
          if (items.size() == limit) {
            more[0] = true;
            return false;
          }
          items.add(letter);
          last[0] = position;
          return true;
        });
    return new DeadLetterPage(items, more[0] ? last[0] : null);
  }

  @Override
  public long count(DeadLetterFilter filter) throws StreamUnavailableException {
    long[] count = new long[1];
    forEach(filter, letter -> count[0]++);
    return count[0];
  }

  private void forEach(DeadLetterFilter filter, java.util.function.Consumer<DeadLetter> action)
      throws StreamUnavailableException {
    Predicate<DeadLetter> wanted = letter -> Summaries.matches(filter, letter);
    scan(
        null,
        true,
        (letter, position) -> {
          if (wanted.test(letter)) {
            action.accept(letter);
          }
          return true;
        });
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StreamUnavailableException {
    Map<String, DeadLetterGroup> groups = new HashMap<>();
    forEach(
        filter,
        letter -> groups.merge(letter.fingerprint(), Summaries.alone(letter), Summaries::together));
    return Summaries.largest(groups.values(), limit);
  }

  @Override
  public Optional<Found> find(String entryId) throws StreamUnavailableException {
    Optional<DeadLetterEntry> entry = queue.find(entryId);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    DeadLetterQueue.State state = queue.states(List.of(entryId)).get(0);
    return state.isOpen()
        ? Optional.of(new Found(summary(entry.get(), state), entry.get()))
        : Optional.empty();
  }

  /** Those of these entries that are open dead letters. */
  List<DeadLetter> summaries(List<String> entryIds) throws StreamUnavailableException {
    List<DeadLetterEntry> entries = queue.find(entryIds);
    List<DeadLetterQueue.State> states =
        queue.states(entries.stream().map(DeadLetterEntry::entryId).toList());
    List<DeadLetter> letters = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      if (states.get(i) != DeadLetterQueue.State.NONE) {
        letters.add(summary(entries.get(i), states.get(i)));
      }
    }
    return letters;
  }

  @Override
  public synchronized List<DeadLetter> due(Instant now, int max) throws StreamUnavailableException {
    List<DeadLetter> due = new ArrayList<>();
    int[] looked = new int[1];
    String[] position = new String[1];
    scan(
        lookedUpTo,
        true,
        (letter, at) -> {
          if (isDue(letter, now)) {
            due.add(letter);
          }
          if (due.size() < max && ++looked[0] < LOOKED_AT_FOR_DUE) {
            return true;
          }
          position[0] = at;
          return false;
        });
    lookedUpTo = position[0];
    return due;
  }

  /** Whether the worker may retry it by itself now. */
  boolean isDue(DeadLetter letter, Instant now) {
    return letter.status() == DeadLetterStatus.PENDING
        && letter.retryable()
        && letter.retryCount() < settings.maxRetries()
        && !letter.deadAt().plus(settings.ageForRetry(letter.retryCount())).isAfter(now);
  }
}
