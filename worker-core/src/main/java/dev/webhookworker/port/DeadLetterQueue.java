package dev.webhookworker.port;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The open dead letters of a queue (docs/dead-letters.md). An entry is in here from its burial
 * until it was processed or discarded; while it is retried it is here and in the retry schedule.
 *
 * <p>Thread-safe. Every call is atomic and may be repeated.
 */
public interface DeadLetterQueue {

  /** Where a dead letter stands. */
  enum State {
    /** Not or no longer an open dead letter. */
    NONE,
    /** Open, and nothing happens with it. */
    OPEN,
    /** Open, and its retry waits or runs. */
    RETRYING,
    /** No longer open, because somebody discarded it. */
    DISCARDED;

    /** Whether it is an open dead letter. */
    public boolean isOpen() {
      return this == OPEN || this == RETRYING;
    }
  }

  /** What came of {@link #reinject}. */
  enum Reinjection {
    /** It waits in the retry schedule now. */
    DONE,
    /** It was there already. */
    RETRYING,
    /** It is no open dead letter. */
    MISSING,
    /** It is another one by now: it was retried and failed again. Read it again. */
    CHANGED
  }

  /** As {@link EventStream#hashKey}; asks the queue where it is not known here yet. */
  long hashKey() throws StreamUnavailableException;

  /**
   * Those after a position (null for the beginning), oldest first, at most {@code max}; fewer where
   * they are large, none only where there are none.
   */
  List<DeadLetterEntry> after(@Nullable String position, int max) throws StreamUnavailableException;

  /** The same before a position (null for the end), newest first. */
  List<DeadLetterEntry> before(@Nullable String position, int max)
      throws StreamUnavailableException;

  Optional<DeadLetterEntry> find(String entryId) throws StreamUnavailableException;

  /** Those of these that are there, in their order. */
  List<DeadLetterEntry> find(List<String> entryIds) throws StreamUnavailableException;

  /** One answer for each id, in order. */
  List<State> states(List<String> entryIds) throws StreamUnavailableException;

  /**
   * A dead letter that is to be run again.
   *
   * @param fields what is run: the entry's own fields, or edited ones
   * @param state what it carries, with this retry counted
   * @param claim the mark to set where it is free, null without a usable event id
   */
  record Revival(
      DeadLetterEntry entry, EntryFields fields, AttemptState state, @Nullable Claim claim) {}

  /**
   * Puts events back into the retry schedule under their entry ids, due at once. Each dead letter
   * stays open until its event was processed. Each is put back or left by itself.
   *
   * @return one answer for each, in order
   */
  List<Reinjection> reinject(List<Revival> revivals) throws StreamUnavailableException;

  /**
   * Makes it an open dead letter again after the queue has lost it, if it is none and was not
   * discarded.
   *
   * @return where it is now; unchanged when it was discarded
   */
  DeadLetterEntry restore(DeadLetterEntry entry) throws StreamUnavailableException;

  /**
   * Removes open dead letters, except those that are being retried. Those that the queue does not
   * know are noted as discarded too, so that nothing brings them back.
   *
   * @return for each where it stood before, in order
   */
  List<State> discard(List<String> entryIds) throws StreamUnavailableException;

  /** Takes or renews the lease of a role that one worker at a time has. */
  boolean lease(String role, String owner, Duration ttl) throws StreamUnavailableException;

  /** Gives the role up, if it is this owner's. */
  void giveUp(String role, String owner) throws StreamUnavailableException;

  /** Keeps lines of the audit log where there is no store; the last 10,000. */
  void audit(List<AuditEntry> entries) throws StreamUnavailableException;

  /**
   * Keeps both versions of an edited payload where there is no store, the last 10,000, to be erased
   * with the event; {@link #story} shows them.
   *
   * @return the name that the line of the edit has as {@code versions}; empty where they are not
   *     kept, and the line has to have them
   */
  default Optional<String> keep(PayloadEdit edit) throws StreamUnavailableException {
    return Optional.empty();
  }

  /** The kept audit lines of an event, oldest first. */
  List<AuditEntry> story(String eventId) throws StreamUnavailableException;

  /** Adds new events to the stream; their entry ids. */
  List<String> publish(List<EntryFields> events) throws StreamUnavailableException;
}
