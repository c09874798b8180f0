package dev.webhookworker.port;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators ask of the queue beside its dead letters: erasure, and the search for events that
 * were lost. Thread-safe; every call may be repeated.
 */
public interface QueueUpkeep {

  /** The cursor of the first page. */
  String START = "0";

  /**
   * One page of what waits or runs as a retry, in no order; an entry may come twice.
   *
   * @param cursor {@link #START}, then {@link Page#next()}
   */
  Page<Waiting> waiting(String cursor) throws StreamUnavailableException;

  /** An entry that waits or runs as a retry. */
  record Waiting(String entryId, EntryFields fields) {}

  /**
   * Part of a scan.
   *
   * @param next the cursor of the next page, null after the last
   */
  record Page<T>(List<T> items, @Nullable String next) {
    public Page {
      items = List.copyOf(items);
    }
  }

  /**
   * One page of the edited payloads that the queue keeps.
   *
   * @param cursor {@link #START}, then {@link Page#next()}
   */
  Page<PayloadEdit> edits(String cursor) throws StreamUnavailableException;

  /**
   * Forgets dead letter, retry, edited payloads and mark of these entries. A mark stays while it
   * belongs to another entry or its own is pending.
   */
  Forgotten forget(List<EventKey> keys) throws StreamUnavailableException;

  /**
   * How much was forgotten.
   *
   * @param entries that were dead letters or retries
   */
  record Forgotten(int entries, int marks) {}

  /**
   * One page of idempotency marks, in no order; one may come twice.
   *
   * @param cursor {@link #START}, then {@link Page#next()}
   */
  Page<Mark> marks(String cursor) throws StreamUnavailableException;

  /**
   * A mark and what the queue knows of its owner.
   *
   * @param owner the mark's value
   * @param held whether the owner's entry is undelivered, pending, a retry or a dead letter
   */
  record Mark(EventKey key, String owner, boolean held) {}

  /** Whether the entry of that mark is still in the stream. */
  boolean isInStream(Mark mark) throws StreamUnavailableException;

  /**
   * Schedules the entry of a mark as a retry that is due, from what the stream has of it, unless it
   * is held by now, its mark has changed, or the stream has it no more.
   *
   * @return whether it was scheduled
   */
  boolean requeue(Mark mark) throws StreamUnavailableException;
}
