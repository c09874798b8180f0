package dev.webhookworker.pipeline;

import dev.webhookworker.port.EventKey;
import dev.webhookworker.port.EventStore;
import dev.webhookworker.port.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether events are stored, asked by handlers one by one and of the store for all of them that
 * wait at once: whoever comes first asks for those that have come until then, the others wait for
 * the answer. One query at a time; a single question waits for nobody. Thread-safe.
 */
final class StoredLookups {

  private static final int MOST = 500;

  private final EventStore store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();

  // Guarded by the lock.
  private final List<Question> waiting = new ArrayList<>();
  private boolean asking;

  /** Its answer is guarded by the lock. */
  private static final class Question {
    private final EventKey key;
    private @Nullable Boolean stored;
    private @Nullable StoreUnavailableException failure;

    Question(EventKey key) {
      this.key = key;
    }

    boolean isOpen() {
      return stored == null && failure == null;
    }
  }

  StoredLookups(EventStore store) {
    this.store = store;
  }

  boolean isStored(String eventId, String entryId) throws StoreUnavailableException {
    Question mine = new Question(new EventKey(eventId, entryId));
    List<Question> questions = addAndTake(mine);
    while (!questions.isEmpty()) {
      ask(questions);
      questions = take(mine);
    }
    if (mine.failure != null) {
      throw new StoreUnavailableException(String.valueOf(mine.failure.getMessage()), mine.failure);
    }
    return Boolean.TRUE.equals(mine.stored);
  }

  /** Asked of few events, so each asks for itself; see {@link EventStore#storedLater}. */
  Optional<String> storedLater(String eventId, @Nullable String tenantId, String entryId)
      throws StoreUnavailableException {
    return store.storedLater(eventId, tenantId, entryId);
  }

  private List<Question> addAndTake(Question mine) {
    lock.lock();
    try {
      waiting.add(mine);
    } finally {
      lock.unlock();
    }
    return take(mine);
  }

  /** Waits for the answer, or for the turn to ask: what is to be asked then, else nothing. */
  private List<Question> take(Question mine) {
    lock.lock();
    try {
      while (mine.isOpen() && asking) {
        answered.awaitUninterruptibly();
      }
      if (!mine.isOpen()) {
        return List.of();
      }
      List<Question> some = waiting.subList(0, Math.min(waiting.size(), MOST));
      List<Question> questions = List.copyOf(some);
      some.clear();
      asking = true;
      return questions;
    } finally {
      lock.unlock();
    }
  }

  private void ask(List<Question> questions) {
    try {
      Set<EventKey> stored = store.stored(questions.stream().map(one -> one.key).toList());
      answer(questions, one -> one.stored = stored.contains(one.key));
    } catch (StoreUnavailableException away) {
      answer(questions, one -> one.failure = away);
    } catch (RuntimeException | Error bug) {
      // Whatever it was: nobody may wait for ever.
      StoreUnavailableException failed =
          new StoreUnavailableException("the store could not be asked", bug);
      answer(questions, one -> one.failure = failed);
    }
  }

  private void answer(List<Question> questions, Consumer<Question> answer) {
    lock.lock();
    try {
      questions.forEach(answer);
      asking = false;
      answered.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
