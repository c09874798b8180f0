package dev.webhookworker.dlq;

import dev.webhookworker.crypto.DecryptionException;
import dev.webhookworker.port.DeadLetterEntry;
import dev.webhookworker.port.DeadLetterView;
import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.StreamUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for open dead letters whose event is stored, and puts them back: their run asks the store
 * first and ends them. There is one when a worker froze in the middle of storing, another one gave
 * the event up meanwhile, and the first one stored it after all and died before it could tell the
 * stream. For one thread.
 */
final class StoredDeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(StoredDeadLetters.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
  private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);

  /** A worker that was frozen for longer is met by the sweep. */
  private static final Duration LATELY = Duration.ofMinutes(15);

  private static final int PAGE = 500;

  private final DlqParts parts;
  private final EventStore store;
  private final Reinjector reinjector;

  // Mutable state
  private @Nullable Instant nextLook;
  private @Nullable Instant nextSweep;

  StoredDeadLetters(DlqParts parts, EventStore store) {
    this.parts = parts;
    this.store = store;
    reinjector = new Reinjector(parts);
  }

  /** Looks if it is time to: at what died lately, now and then at everything. */
  void look(String actor) throws StreamUnavailableException, StoreUnavailableException {
    Instant now = parts.clock().instant();
    if (nextLook != null && now.isBefore(nextLook)) {
      return;
    }
    boolean sweep = nextSweep == null || !now.isBefore(nextSweep);
    @Nullable String position = sweep ? null : now.minus(LATELY).toEpochMilli() + "-0";
    List<DeadLetterEntry> page;
    do {
      page = parts.queue().after(position, PAGE);
      putBackStored(page, actor);
      position = page.isEmpty() ? position : page.get(page.size() - 1).position();
    } while (!page.isEmpty());
    nextLook = now.plus(BETWEEN_LOOKS);
    nextSweep = sweep ? now.plus(BETWEEN_SWEEPS) : nextSweep;
  }

  private void putBackStored(List<DeadLetterEntry> letters, String actor)
      throws StreamUnavailableException, StoreUnavailableException {
    if (letters.isEmpty()) {
      return;
    }
    Set<EventKey> stored = store.stored(letters.stream().map(StoredDeadLetters::keyOf).toList());
    for (DeadLetterEntry letter : letters) {
      if (stored.contains(keyOf(letter))) {
        putBack(letter.entryId(), actor);
      }
    }
  }

  private static EventKey keyOf(DeadLetterEntry letter) {
    return new EventKey(letter.eventId(), letter.entryId());
  }

  private void putBack(String entryId, String actor)
      throws StreamUnavailableException, StoreUnavailableException {
    Optional<DeadLetterView.Found> found = parts.view().find(entryId);
    if (found.isEmpty()) {
      return;
    }
    try {
      var unused =
          reinjector.reinject(found.get(), null, actor, "dlq_retry", "its event is stored");
      LOG.atInfo()
          .addKeyValue("entry_id", entryId)
          .log("The event of dead letter {} is stored: it is put back, to be resolved", entryId);
    } catch (DecryptionException unreadable) {
      LOG.atWarn()
          .addKeyValue("entry_id", entryId)
          .log(
              "The event of dead letter {} is stored, and its payload does not open with the keys at"
                  + " hand; discard it",
              entryId);
    }
  }
}
