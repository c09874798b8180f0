package dev.webhookworker.postgres;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of dead letters: what becomes of its rows here, what is asked in {@link
 * DeadLetterQueries}, how they come in {@link DeadLetterDrain}. Thread-safe.
 */
final class PostgresDeadLetters implements DeadLetterTable {

  /**
   * Each row is looked up by its id. Given as a condition beside the one on the status, the planner
   * may read the index of that status from end to end and look for each entry among the ids.
   */
  private static final String WANTED = "unnest(?::text[]) AS wanted (id)";

  private final Database database;
  private final Query query;
  private final String table;
  private final DeadLetterDrain drain;
  private final DeadLetterQueries queries;
  private final String resolve;

  PostgresDeadLetters(Database database) {
    this.database = database;
    query = new Query(database);
    table = database.table("webhook_dlq");
    drain = new DeadLetterDrain(database);
    queries = new DeadLetterQueries(database);
    resolve =
        """
        WITH resolved AS (
          UPDATE %s d SET status = 'resolved', ended_at = now(), retry_count = done.retries,
            leaving = false
          FROM unnest(?::text[], ?::int[], ?::text[]) AS done (entry_id, retries, worker)
          WHERE d.entry_id = done.entry_id AND d.status <> 'resolved'
          RETURNING d.entry_id, d.event_id, d.first_received_at, done.retries, done.worker
        )
        INSERT INTO %s (received_at, at, entry_id, event_id, action, attempt, actor)
        SELECT first_received_at, clock_timestamp(), entry_id, event_id, 'dlq_resolved', retries,
          worker
        FROM resolved
        """
            .formatted(table, database.table("webhook_audit_log"));
  }

  /** Marks the dead letters among these processed events, in the transaction that stores them. */
  void resolve(Connection connection, List<EventRecord> records) throws SQLException {
    List<EventRecord> dead = records.stream().filter(record -> record.dlqRetries() > 0).toList();
    if (dead.isEmpty()) {
      return;
    }
    try (PreparedStatement update = connection.prepareStatement(resolve)) {
      ColumnArrays<EventRecord> columns = new ColumnArrays<>(connection, update, dead);
      columns.text(EventRecord::entryId);
      columns.integer(EventRecord::dlqRetries);
      columns.text(EventRecord::worker);
      update.executeUpdate();
    }
  }

  @Override
  public @Nullable String drainedTo(String queue) throws StoreUnavailableException {
    return drain.drainedTo(queue);
  }

  @Override
  public long takeOver(String queue) throws StoreUnavailableException {
    return drain.takeOver(queue);
  }

  @Override
  public int drain(String queue, long fence, List<Row> page, @Nullable String position)
      throws StoreUnavailableException {
    return drain.drain(queue, fence, page, position);
  }

  @Override
  public DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StoreUnavailableException {
    return queries.page(filter, cursor, limit, oldestFirst);
  }

  @Override
  public long count(DeadLetterFilter filter) throws StoreUnavailableException {
    return queries.count(filter);
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StoreUnavailableException {
    return queries.groups(filter, limit);
  }

  @Override
  public Optional<Found> find(String entryId) throws StoreUnavailableException {
    return queries.find(entryId);
  }

  @Override
  public List<DeadLetter> due(Instant now, int max) throws StoreUnavailableException {
    return queries.due(now, max);
  }

  @Override
  public List<String> retryingSince(Instant before, int max) throws StoreUnavailableException {
    return queries.retryingSince(before, max);
  }

  @Override
  public void retrying(List<String> entryIds, Instant at) throws StoreUnavailableException {
    // A row that is locked is about to be resolved, or has failed again: it needs no mark. To wait
    // for many of them here, in another order than the worker's, would be a deadlock.
    update(
        entryIds,
        """
        UPDATE %1$s SET status = 'retrying', last_retry_at = ?
        WHERE entry_id = ANY (ARRAY(
          SELECT d.entry_id FROM %2$s JOIN %1$s d ON d.entry_id = wanted.id
          WHERE d.status IN ('pending', 'failed')
          FOR UPDATE OF d SKIP LOCKED))
        """,
        at);
  }

  @Override
  public void postpone(List<String> entryIds, Instant until) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s d SET next_retry_at = ? FROM %s"
            + " WHERE d.entry_id = wanted.id AND d.status = 'pending'",
        until);
  }

  @Override
  public void discarding(List<String> entryIds, Instant at) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s d SET status = 'discarded', ended_at = ?, leaving = true FROM %s"
            + " WHERE d.entry_id = wanted.id AND d.status NOT IN ('resolved', 'discarded')",
        at);
  }

  @Override
  public void discarded(List<String> entryIds) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s d SET leaving = false FROM %s WHERE d.entry_id = wanted.id AND d.leaving",
        null);
  }

  @Override
  public void retriedAfterAll(List<String> entryIds) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s d SET status = 'retrying', ended_at = NULL, leaving = false FROM %s"
            + " WHERE d.entry_id = wanted.id AND d.leaving",
        null);
  }

  @Override
  public List<String> beingDiscarded(int max) throws StoreUnavailableException {
    return queries.leaving(max);
  }

  @Override
  public List<String> refused(int max) throws StoreUnavailableException {
    return queries.refused(max);
  }

  @Override
  public void forgetRefused(List<String> entryIds) throws StoreUnavailableException {
    if (entryIds.isEmpty()) {
      return;
    }
    query.change(
        "DELETE FROM %s WHERE entry_id = ANY (?)".formatted(database.table("webhook_dlq_refused")),
        delete -> delete.setObject(1, TextArray.of(entryIds, id -> id)));
  }

  @Override
  public void reopened(List<String> entryIds) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s d SET status = CASE WHEN retryable AND next_retry_at IS NULL THEN 'failed'"
            + " ELSE 'pending' END FROM %s WHERE d.entry_id = wanted.id AND d.status = 'retrying'",
        null);
  }

  /**
   * The event of another tenant is another event, and so is the one that was there before a reused
   * id.
   */
  @Override
  public void ended(List<String> entryIds, Instant at) throws StoreUnavailableException {
    update(
        entryIds,
        """
        WITH ended AS (
          UPDATE %s d SET ended_at = ?,
            status = CASE WHEN EXISTS (SELECT FROM EVENTS e
                WHERE e.event_id = d.event_id
                  AND coalesce(e.tenant_id, d.tenant_id) IS NOT DISTINCT FROM
                    coalesce(d.tenant_id, e.tenant_id)
                  AND (d.reason <> 'id_reused' OR e.received_at > d.first_received_at
                    OR e.entry_id = d.entry_id))
              THEN 'resolved' ELSE 'pending' END
          FROM %s WHERE d.entry_id = wanted.id AND d.status = 'retrying'
          RETURNING d.entry_id, d.event_id, d.first_received_at, d.status, d.retry_count, d.worker
        )
        INSERT INTO AUDIT_LOG (received_at, at, entry_id, event_id, action, attempt, actor, detail)
        SELECT first_received_at, clock_timestamp(), entry_id, event_id, 'dlq_resolved',
          retry_count, worker, 'the event was processed'
        FROM ended WHERE status = 'resolved'
        """
            .replace("EVENTS", database.table("webhook_events"))
            .replace("AUDIT_LOG", database.table("webhook_audit_log")),
        at);
  }

  @Override
  public int purge(Instant deadBefore, @Nullable String tenantId) throws StoreUnavailableException {
    Conditions old =
        new Conditions()
            .and("status IN ('resolved', 'discarded') AND NOT leaving")
            .and("dead_at < ?", deadBefore)
            .andIf("tenant_id = ?", tenantId);
    try {
      return database.bulk(
          connection -> {
            try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM %s %s".formatted(table, old.where()))) {
              old.set(delete, 1);
              return delete.executeUpdate();
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  /**
   * @param sql with a place for the table and one for {@link #WANTED}
   */
  private void update(List<String> entryIds, String sql, @Nullable Instant at)
      throws StoreUnavailableException {
    if (entryIds.isEmpty()) {
      return;
    }
    query.change(
        sql.formatted(table, WANTED),
        update -> {
          int next = 1;
          if (at != null) {
            update.setObject(
                next++,
                OffsetDateTime.ofInstant(at.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));
          }
          update.setObject(next, TextArray.of(entryIds, id -> id));
        });
  }
}
