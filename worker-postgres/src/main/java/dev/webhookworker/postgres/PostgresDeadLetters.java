package dev.webhookworker.postgres;

import dev.webhookworker.DeadLetter;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterPage;
import dev.webhookworker.DeadLetterStatus;
import dev.webhookworker.port.DeadLetterTable;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of dead letters. Thread-safe. */
final class PostgresDeadLetters implements DeadLetterTable {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresDeadLetters.class);

  private final Database database;
  private final String table;
  private final DeadLetterRows rows;
  private final String resolve;

  PostgresDeadLetters(Database database) {
    this.database = database;
    table = database.table("webhook_dlq");
    rows = new DeadLetterRows(table);
    resolve =
        """
        WITH resolved AS (
          UPDATE %s d SET status = 'resolved', ended_at = now(), retry_count = done.retries
          FROM unnest(?::text[], ?::int[], ?::text[]) AS done (entry_id, retries, worker)
          WHERE d.entry_id = done.entry_id AND d.status <> 'resolved'
          RETURNING d.entry_id, d.event_id, done.retries, done.worker
        )
        INSERT INTO %s (received_at, at, entry_id, event_id, action, attempt, actor)
        SELECT 'epoch'::timestamptz
            + split_part(entry_id, '-', 1)::bigint * interval '1 millisecond',
          clock_timestamp(), entry_id, event_id, 'dlq_resolved', retries, worker
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
    return query(
            "SELECT position FROM %s WHERE queue = ?"
                .formatted(database.table("webhook_dlq_position")),
            statement -> statement.setString(1, queue),
            found ->
                found.next() ? Optional.ofNullable(found.getString(1)) : Optional.<String>empty())
        .orElse(null);
  }

  @Override
  public long takeOver(String queue) throws StoreUnavailableException {
    String sql =
        """
        INSERT INTO %s AS t (queue, position, fence) VALUES (?, NULL, 1)
        ON CONFLICT (queue) DO UPDATE SET fence = t.fence + 1 RETURNING fence
        """
            .formatted(database.table("webhook_dlq_position"));
    return query(
        sql,
        statement -> statement.setString(1, queue),
        row -> {
          row.next();
          return row.getLong(1);
        });
  }

  @Override
  public int drain(String queue, long fence, List<Row> page, @Nullable String position)
      throws StoreUnavailableException {
    try {
      return write(queue, fence, page, position);
    } catch (SQLException failed) {
      if (!SqlTrouble.refusesData(failed)) {
        throw SqlTrouble.unavailable(failed);
      }
      return isolate(queue, fence, page, position);
    }
  }

  /** One of the rows is refused: each is written by itself, and the position follows. */
  private int isolate(String queue, long fence, List<Row> page, @Nullable String position)
      throws StoreUnavailableException {
    int written = 0;
    try {
      for (Row row : page) {
        try {
          written += Math.max(0, write(queue, fence, List.of(row), null));
        } catch (SQLException failed) {
          if (!SqlTrouble.refusesData(failed)) {
            throw failed;
          }
          LOG.atWarn()
              .addKeyValue("entry_id", row.entry().entryId())
              .addKeyValue("sql_state", failed.getSQLState())
              .log("The database refuses a dead letter; it stays in the DLQ stream alone");
        }
      }
      return write(queue, fence, List.of(), position) == OVERTAKEN ? OVERTAKEN : written;
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private int write(String queue, long fence, List<Row> page, @Nullable String position)
      throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try {
        if (!savePosition(connection, queue, fence, position)) {
          connection.rollback();
          return OVERTAKEN;
        }
        int written = rows.write(connection, page);
        connection.commit();
        return written;
      } catch (SQLException failed) {
        PostgresEventStore.rollback(connection, failed);
        throw failed;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** Locks the row until the commit: whoever takes over waits for this page. */
  private boolean savePosition(
      Connection connection, String queue, long fence, @Nullable String position)
      throws SQLException {
    String sql =
        "UPDATE %s SET position = coalesce(?, position) WHERE queue = ? AND fence = ?"
            .formatted(database.table("webhook_dlq_position"));
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setString(1, position);
      update.setString(2, queue);
      update.setLong(3, fence);
      return update.executeUpdate() == 1;
    }
  }

  static Conditions conditions(DeadLetterFilter filter) {
    Conditions conditions = new Conditions();
    if (!filter.statuses().isEmpty()) {
      // Constants, so that the planner sees which part of the index it is.
      conditions.and(
          filter.statuses().stream()
              .map(DeadLetterStatus::code)
              .sorted()
              .collect(Collectors.joining("', '", "status IN ('", "')")));
    }
    String text = filter.text() == null ? null : filter.text().toLowerCase(Locale.ROOT);
    conditions
        .andIf("event_type = ?", filter.eventType())
        .andIf("tool_id = ?", filter.toolId())
        .andIf("tenant_id = ?", filter.tenantId())
        .andIf("error_class = ?", filter.errorClass())
        .andIf("fingerprint = ?", filter.fingerprint())
        .andIf("dead_at >= ?", filter.deadFrom())
        .andIf("dead_at < ?", filter.deadBefore());
    return text == null
        ? conditions
        : conditions.and(
            "(strpos(lower(event_id), ?) > 0 OR strpos(lower(error_class), ?) > 0"
                + " OR strpos(lower(error_message), ?) > 0)",
            text,
            text,
            text);
  }

  @Override
  public DeadLetterPage page(
      DeadLetterFilter filter, @Nullable String cursor, int limit, boolean oldestFirst)
      throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    if (cursor != null) {
      TimeCursor from = TimeCursor.parse(cursor);
      conditions.and(
          "(dead_at, entry_id) " + (oldestFirst ? ">" : "<") + " (?, ?)", from.at(), from.id());
    }
    String order = oldestFirst ? "ASC" : "DESC";
    List<DeadLetter> found =
        summaries(
            conditions,
            "ORDER BY dead_at %s, entry_id %s LIMIT %d".formatted(order, order, limit + 1));
    if (found.size() <= limit) {
      return new DeadLetterPage(found, null);
    }
    DeadLetter last = found.get(limit - 1);
    return new DeadLetterPage(
        found.subList(0, limit), new TimeCursor(last.deadAt(), last.id()).toString());
  }

  private List<DeadLetter> summaries(Conditions conditions, String end)
      throws StoreUnavailableException {
    return query(
        "SELECT %s FROM %s %s %s".formatted(DeadLetterRows.SUMMARY, table, conditions.where(), end),
        statement -> conditions.set(statement, 1),
        result -> {
          List<DeadLetter> letters = new ArrayList<>();
          while (result.next()) {
            letters.add(DeadLetterRows.summary(result));
          }
          return letters;
        });
  }

  @Override
  public long count(DeadLetterFilter filter) throws StoreUnavailableException {
    Conditions conditions = conditions(filter);
    return query(
        "SELECT count(*) FROM %s %s".formatted(table, conditions.where()),
        statement -> conditions.set(statement, 1),
        result -> {
          result.next();
          return result.getLong(1);
        });
  }

  @Override
  public List<DeadLetterGroup> groups(DeadLetterFilter filter, int limit)
      throws StoreUnavailableException {
    Conditions group = conditions(filter);
    Conditions sample = conditions(filter).and("fingerprint = g.print");
    String sql =
        """
        SELECT g.*, s.* FROM (
          SELECT fingerprint AS print, count(*) AS letters, min(dead_at) AS first_seen,
            max(dead_at) AS last_seen
          FROM %s %s GROUP BY fingerprint ORDER BY letters DESC, print LIMIT ?) g
        CROSS JOIN LATERAL (
          SELECT %s FROM %s %s ORDER BY dead_at DESC LIMIT 1) s
        ORDER BY g.letters DESC, g.print
        """
            .formatted(table, group.where(), DeadLetterRows.SUMMARY, table, sample.where());
    return query(
        sql,
        statement -> {
          int next = group.set(statement, 1);
          statement.setInt(next, limit);
          sample.set(statement, next + 1);
        },
        result -> {
          List<DeadLetterGroup> groups = new ArrayList<>();
          while (result.next()) {
            groups.add(
                new DeadLetterGroup(
                    result.getString("print"),
                    result.getLong("letters"),
                    DeadLetterRows.time(result, "first_seen"),
                    DeadLetterRows.time(result, "last_seen"),
                    DeadLetterRows.summary(result)));
          }
          return groups;
        });
  }

  @Override
  public Optional<Found> find(String entryId) throws StoreUnavailableException {
    return query(
        "SELECT %s, %s FROM %s WHERE entry_id = ?"
            .formatted(DeadLetterRows.SUMMARY, DeadLetterRows.REST, table),
        statement -> statement.setString(1, entryId),
        result ->
            result.next() ? Optional.of(DeadLetterRows.found(result)) : Optional.<Found>empty());
  }

  @Override
  public List<DeadLetter> due(Instant now, int max) throws StoreUnavailableException {
    return summaries(
        new Conditions()
            .and("status = 'pending' AND next_retry_at IS NOT NULL")
            .and("next_retry_at <= ?", now),
        "ORDER BY next_retry_at LIMIT " + max);
  }

  @Override
  public void retrying(List<String> entryIds, Instant at) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s SET status = 'retrying', last_retry_at = ? WHERE entry_id = ANY (?)"
            + " AND status IN ('pending', 'failed')",
        at);
  }

  @Override
  public void postpone(List<String> entryIds, Instant until) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s SET next_retry_at = ? WHERE entry_id = ANY (?) AND status = 'pending'",
        until);
  }

  @Override
  public void discarded(List<String> entryIds, Instant at) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s SET status = 'discarded', ended_at = ? WHERE entry_id = ANY (?)"
            + " AND status NOT IN ('resolved', 'discarded')",
        at);
  }

  @Override
  public List<String> retryingSince(Instant before, int max) throws StoreUnavailableException {
    return query(
        "SELECT entry_id FROM %s WHERE status = 'retrying' AND last_retry_at < ?".formatted(table)
            + " ORDER BY last_retry_at LIMIT "
            + max,
        statement -> statement.setObject(1, OffsetDateTime.ofInstant(before, ZoneOffset.UTC)),
        result -> {
          List<String> ids = new ArrayList<>();
          while (result.next()) {
            ids.add(result.getString(1));
          }
          return ids;
        });
  }

  @Override
  public void reopened(List<String> entryIds) throws StoreUnavailableException {
    update(
        entryIds,
        "UPDATE %s SET status = CASE WHEN retryable AND next_retry_at IS NULL THEN 'failed'"
            + " ELSE 'pending' END WHERE entry_id = ANY (?) AND status = 'retrying'",
        null);
  }

  @Override
  public void ended(List<String> entryIds, Instant at) throws StoreUnavailableException {
    update(
        entryIds,
        """
        WITH ended AS (
          UPDATE %s d SET ended_at = ?,
            status = CASE WHEN EXISTS (SELECT 1 FROM EVENTS e WHERE e.event_id = d.event_id)
              THEN 'resolved' ELSE 'pending' END
          WHERE entry_id = ANY (?) AND status = 'retrying'
          RETURNING d.entry_id, d.event_id, d.status, d.retry_count, d.worker
        )
        INSERT INTO AUDIT_LOG (received_at, at, entry_id, event_id, action, attempt, actor, detail)
        SELECT 'epoch'::timestamptz
            + split_part(entry_id, '-', 1)::bigint * interval '1 millisecond',
          clock_timestamp(), entry_id, event_id, 'dlq_resolved', retry_count, worker,
          'another entry of the event was processed'
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
            .and("status IN ('resolved', 'discarded')")
            .and("dead_at < ?", deadBefore)
            .andIf("tenant_id = ?", tenantId);
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM %s %s".formatted(table, old.where()))) {
      old.set(delete, 1);
      return delete.executeUpdate();
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private void update(List<String> entryIds, String sql, @Nullable Instant at)
      throws StoreUnavailableException {
    if (entryIds.isEmpty()) {
      return;
    }
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement update = connection.prepareStatement(sql.formatted(table))) {
      int next = 1;
      if (at != null) {
        update.setObject(
            next++, OffsetDateTime.ofInstant(at.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));
      }
      update.setObject(next, TextArray.of(entryIds, id -> id));
      update.executeUpdate();
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  private interface Reading<T> {
    T of(ResultSet result) throws SQLException;
  }

  private <T> T query(String sql, Parameters parameters, Reading<T> reading)
      throws StoreUnavailableException {
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      parameters.set(select);
      try (ResultSet result = select.executeQuery()) {
        return reading.of(result);
      }
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }
}
