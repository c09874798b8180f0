package dev.webhookworker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at dead letters and deals with them. Works the same with PostgreSQL, with Redis alone and
 * in memory, but for one thing: without a table only open dead letters are known.
 *
 * <p>Every act names its actor, a person or a tool, and leaves a line in the audit log. A retry
 * leaves the dead letter open until its event was processed. Thread-safe; every method may throw
 * {@link UnavailableException} and may then be repeated.
 */
public interface DeadLetters {

  /** The same for one tenant: what belongs to others or to nobody does not exist for it. */
  DeadLetters forTenant(String tenantId);

  /**
   * A page, newest first.
   *
   * @param cursor {@link DeadLetterPage#next()} of the page before, null for the first
   * @param limit 1 to 1000
   */
  DeadLetterPage list(DeadLetterFilter filter, @Nullable String cursor, int limit);

  /** How many there are: the preview of {@link #retryAll} and {@link #purge}. */
  long count(DeadLetterFilter filter);

  /** By cause, the most frequent first, at most {@code limit}. */
  List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit);

  /** All that is known of it, encrypted values of the payload shown as {@code "***"}. */
  Optional<DeadLetterDetails> show(String id);

  /**
   * The same with the payload as it was received. Who looked is in the audit log.
   *
   * @throws UnreadableException when a value does not open
   */
  Optional<DeadLetterDetails> reveal(String id, String actor);

  /**
   * Runs it again with a fresh budget of attempts.
   *
   * @throws UnreadableException when its payload does not open
   */
  DeadLetterResult retry(String id, String actor);

  /**
   * Runs it again with another payload, in which {@code "***"} stands for an encrypted value that
   * is there now. Both payloads are kept in the audit log, encrypted as the event is; the dead
   * letter keeps the old one until it was processed or has failed again.
   *
   * @throws UnreadableException when such a value does not open, or there is no key to encrypt with
   */
  DeadLetterResult retryEdited(String id, String payload, String actor, String reason);

  /**
   * Runs what matches again, the oldest first, in the calling thread. It can be repeated after a
   * crash: what was sent no longer matches. What does not open with the keys at hand is skipped,
   * with a line in the log.
   *
   * @param filter its statuses count only as far as they are {@code pending} and {@code failed}
   * @param watcher is told after each batch sent, of at most some hundred
   */
  BulkRetryProgress retryAll(
      DeadLetterFilter filter,
      BulkRetryPlan plan,
      String actor,
      Consumer<BulkRetryProgress> watcher);

  /** Gives it up: its event will not be processed. */
  DeadLetterResult discard(String id, String actor, String reason);

  /**
   * Forgets what ended before a time: open ones are discarded, those that are over are deleted.
   * What is being retried stays.
   *
   * @return how many are gone
   */
  long purge(Instant deadBefore, String actor);

  /** A payload has a value that does not open; the message names the key. */
  final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableException(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Queue or store do not answer for now. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }
}
