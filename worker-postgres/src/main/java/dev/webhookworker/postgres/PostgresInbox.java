package dev.webhookworker.postgres;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.port.TransactionalInbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Inbox row, the handler's own writes and the event's row in one transaction. Thread-safe. */
final class PostgresInbox implements TransactionalInbox {

  private final Database database;
  private final EventRows rows;
  private final PostgresDeadLetters deadLetters;
  private final Jdbi jdbi;

  PostgresInbox(Database database, EventRows rows, PostgresDeadLetters deadLetters) {
    this.database = database;
    this.rows = rows;
    this.deadLetters = deadLetters;
    jdbi = Jdbi.create(database.dataSource());
  }

  @Override
  public boolean run(String eventId, String entryId, Work work) throws Exception {
    try (Handle handle = open()) {
      Connection connection = handle.getConnection();
      connection.setAutoCommit(false);
      try {
        if (!take(connection, eventId, entryId)) {
          connection.rollback();
          return false;
        }
        EventRecord record = work.run(new TransactionResources(handle));
        store(connection, record);
        return true;
      } catch (Exception failed) {
        PostgresEventStore.rollback(connection, failed);
        throw failed;
      } finally {
        restore(connection);
      }
    }
  }

  private Handle open() throws StoreUnavailableException {
    try {
      return jdbi.open();
    } catch (RuntimeException away) {
      throw new StoreUnavailableException(
          away.getCause() instanceof SQLException sql
              ? "PostgreSQL: " + SqlTrouble.message(sql)
              : "PostgreSQL: no connection",
          away);
    }
  }

  /** Waits for a transaction that holds the same row; false when that one committed. */
  private boolean take(Connection connection, String eventId, String entryId) throws Exception {
    String sql =
        "INSERT INTO %s (event_id, entry_id) VALUES (?, ?) ON CONFLICT (event_id) DO NOTHING"
            .formatted(database.table("webhook_inbox"));
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, eventId);
      insert.setString(2, entryId);
      return insert.executeUpdate() == 1;
    } catch (SQLException failed) {
      throw SqlTrouble.refusesData(failed) ? refused(failed) : SqlTrouble.unavailable(failed);
    }
  }

  private void store(Connection connection, EventRecord record) throws Exception {
    try {
      rows.insert(connection, List.of(record));
      deadLetters.resolve(connection, List.of(record));
      connection.commit();
    } catch (SQLException failed) {
      if (SqlTrouble.abortedBefore(failed)) {
        // Waiting would not help: the event is to blame, by attempts, not the database.
        throw new IllegalStateException(
            "the handler swallowed an SQL error that has ended its transaction: let the error pass,"
                + " or use a savepoint",
            failed);
      }
      throw SqlTrouble.refusesData(failed) ? refused(failed) : SqlTrouble.unavailable(failed);
    }
  }

  private static NonRetryableException refused(SQLException failed) {
    // The driver's message may quote the value; the state says enough.
    return new NonRetryableException(
        "PostgreSQL refuses the row (SQLSTATE " + failed.getSQLState() + ")");
  }

  private static void restore(Connection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException broken) {
      // The pool throws a broken connection away when it is closed.
      return;
    }
  }

  private record TransactionResources(Handle handle) implements Resources {
    @Override
    public <T> T get(Class<T> type) {
      if (type == Connection.class) {
        return type.cast(handle.getConnection());
      }
      if (type == Handle.class) {
        return type.cast(handle);
      }
      throw new IllegalArgumentException(
          "the transaction offers java.sql.Connection and org.jdbi.v3.core.Handle, not "
              + type.getName());
    }
  }
}
