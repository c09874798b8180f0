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

  Optional<DeadLetterDetails> show(String id);

  /** Runs it again with a fresh budget of attempts. */
  DeadLetterResult retry(String id, String actor);

  /**
   * Runs it again with another payload. Both payloads are kept in the audit log; the dead letter
   * keeps the old one until it was processed or has failed again.
   */
  DeadLetterResult retryEdited(String id, String payload, String actor, String reason);

  /**
   * Runs what matches again, the oldest first, in the calling thread. It can be repeated after a
   * crash: what was sent no longer matches.
   *
   * @param filter its statuses count only as far as they are {@code pending} and {@code failed}
   * @param watcher is told after each one sent
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

  /** Queue or store do not answer for now. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(Exception cause) {
      super(cause.getMessage(), cause);
    }
  }
}
