package dev.webhookworker.postgres;

import static dev.webhookworker.port.DeadLetterTable.OVERTAKEN;

import dev.webhookworker.port.DeadLetterTable.Row;
import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes pages of a DLQ stream to the table, each with the position reached. Thread-safe. */
final class DeadLetterDrain {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterDrain.class);

  private final Database database;
  private final Query query;
  private final DeadLetterRows rows;

  DeadLetterDrain(Database database) {
    this.database = database;
    query = new Query(database);
    rows = new DeadLetterRows(database.table("webhook_dlq"));
  }

  @Nullable String drainedTo(String queue) throws StoreUnavailableException {
    return query
        .ask(
            "SELECT position FROM %s WHERE queue = ?"
                .formatted(database.table("webhook_dlq_position")),
            statement -> statement.setString(1, queue),
            found ->
                found.next() ? Optional.ofNullable(found.getString(1)) : Optional.<String>empty())
        .orElse(null);
  }

  long takeOver(String queue) throws StoreUnavailableException {
    String sql =
        """
        INSERT INTO %s AS t (queue, position, fence) VALUES (?, NULL, 1)
        ON CONFLICT (queue) DO UPDATE SET fence = t.fence + 1 RETURNING fence
        """
            .formatted(database.table("webhook_dlq_position"));
    return query.ask(
        sql,
        statement -> statement.setString(1, queue),
        row -> {
          row.next();
          return row.getLong(1);
        });
  }

  int drain(String queue, long fence, List<Row> page, @Nullable String position)
      throws StoreUnavailableException {
    try {
      return write(queue, fence, page, position);
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        return isolate(queue, fence, page, position);
      }
      if (SqlTrouble.tooSlow(failed) && page.size() > 1) {
        return drainInHalves(queue, fence, page, position);
      }
      throw SqlTrouble.unavailable(failed);
    }
  }

  /** The position follows with the second half. */
  private int drainInHalves(String queue, long fence, List<Row> page, @Nullable String position)
      throws StoreUnavailableException {
    int half = page.size() / 2;
    int first = drain(queue, fence, page.subList(0, half), null);
    if (first == OVERTAKEN) {
      return OVERTAKEN;
    }
    int second = drain(queue, fence, page.subList(half, page.size()), position);
    return second == OVERTAKEN ? OVERTAKEN : first + second;
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
          refuse(row.entry().entryId(), failed.getSQLState());
        }
      }
      return write(queue, fence, List.of(), position) == OVERTAKEN ? OVERTAKEN : written;
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  /** It is looked up in the queue from now on, so it is listed and retried like the others. */
  private void refuse(String entryId, String state) throws StoreUnavailableException {
    int news =
        query.change(
            "INSERT INTO %s (entry_id, sql_state) VALUES (?, ?) ON CONFLICT DO NOTHING"
                .formatted(database.table("webhook_dlq_refused")),
            insert -> {
              insert.setString(1, entryId);
              insert.setString(2, state);
            });
    if (news > 0) {
      LOG.atWarn()
          .addKeyValue("entry_id", entryId)
          .addKeyValue("sql_state", state)
          .log(
              "The database refuses a dead letter; it stays in the DLQ stream and is listed there");
    }
  }

  private int write(String queue, long fence, List<Row> page, @Nullable String position)
      throws SQLException {
    return database.transaction(
        connection -> {
          if (!savePosition(connection, queue, fence, position)) {
            return OVERTAKEN;
          }
          int written = rows.write(connection, page);
          forgetRefused(connection, page);
          return written;
        });
  }

  /** What the table takes after all is no longer looked up in the queue. */
  private void forgetRefused(Connection connection, List<Row> page) throws SQLException {
    if (page.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM %s WHERE entry_id = ANY (?)"
                .formatted(database.table("webhook_dlq_refused")))) {
      delete.setObject(1, TextArray.of(page, row -> row.entry().entryId()));
      delete.executeUpdate();
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
}
