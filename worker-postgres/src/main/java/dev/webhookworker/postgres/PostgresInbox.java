package dev.webhookworker.postgres;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.TransactionLostException;
import dev.webhookworker.port.TransactionalInbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Inbox row, the handler's own writes and the event's row in one transaction. Thread-safe. */
final class PostgresInbox implements TransactionalInbox {

  /** Since which version of the server a transaction can have a time limit of its own. */
  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  private static final Duration LONGEST_LIMIT = Duration.ofDays(20);

  /** For the answer that tells whether a connection is still of use. */
  private static final int PROBE_MILLIS = 2_000;

  private final Database database;
  private final EventRows rows;
  private final PostgresDeadLetters deadLetters;

  PostgresInbox(Database database, EventRows rows, PostgresDeadLetters deadLetters) {
    this.database = database;
    this.rows = rows;
    this.deadLetters = deadLetters;
  }

  @Override
  public boolean run(Key key, Work work) throws Exception {
    boolean[] begun = {false};
    try {
      return database.<Boolean, Exception>transaction(
          connection -> {
            BorrowedConnection borrowed = new BorrowedConnection(connection);
            work.whenItNoLongerCounts(borrowed::giveUp);
            try {
              if (!take(connection, key)) {
                return false;
              }
              begun[0] = true;
              EventRecord record = handled(connection, work);
              if (!work.commits()) {
                throw new OutrunException();
              }
              store(connection, record);
              return true;
            } finally {
              borrowed.givenBack();
            }
          });
    } catch (FailedHandlerException failed) {
      throw failed.failure;
    } catch (SQLException failed) {
      if (SqlTrouble.refusesData(failed)) {
        throw refused(failed);
      }
      throw begun[0] ? lost(failed) : SqlTrouble.unavailable(failed);
    }
  }

  private static TransactionLostException lost(SQLException failed) {
    return new TransactionLostException("PostgreSQL: " + SqlTrouble.message(failed), failed);
  }

  /**
   * Waits for a transaction that holds the same row; false when that one committed. The server's
   * timeouts for sessions that idle in a transaction are no business of a handler that computes or
   * waits for another service: its run has a limit.
   */
  private boolean take(Connection connection, Key key) throws SQLException {
    boolean transactionTimeout =
        connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTION_TIMEOUT_SINCE;
    String sql =
        """
        WITH unhurried AS (
          SELECT set_config('idle_in_transaction_session_timeout', '0', true)%s)
        INSERT INTO %s (entry_id, tenant_id, event_id, body_hash)
        SELECT ?, ?, ?, ? FROM unhurried ON CONFLICT DO NOTHING
        """
            .formatted(
                transactionTimeout ? ", set_config('transaction_timeout', '0', true)" : "",
                database.table("webhook_inbox"));
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, key.entryId());
      insert.setString(2, Objects.requireNonNullElse(key.tenantId(), ""));
      insert.setString(3, key.eventId());
      insert.setString(4, key.bodyHash());
      return insert.executeUpdate() == 1;
    }
  }

  /** Runs the handler; its statements may take as long as its run. */
  private EventRecord handled(Connection connection, Work work)
      throws SQLException, FailedHandlerException, TransactionLostException {
    int usual = connection.getNetworkTimeout();
    Database.limit(connection, millis(work.timeLimit()));
    try (TransactionResources resources = new TransactionResources(connection)) {
      return work.run(resources);
    } catch (Exception failed) {
      if (isLost(connection, failed)) {
        throw new TransactionLostException(
            "PostgreSQL: the transaction of the inbox was lost", failed);
      }
      throw new FailedHandlerException(failed);
    } finally {
      Database.limit(connection, usual);
    }
  }

  /** 0 is no limit. */
  private static int millis(Duration limit) {
    return limit.compareTo(LONGEST_LIMIT) > 0 ? 0 : (int) Math.max(1, limit.toMillis());
  }

  /**
   * Whether connection or server are to blame for the failure. A handler may use other databases
   * too: its failure counts unless this very transaction is of no use any more.
   */
  private boolean isLost(Connection connection, Exception failed) {
    @Nullable SQLException trouble = infrastructureTrouble(failed);
    boolean lost = isClosed(connection) || (trouble != null && !answers(connection));
    if (lost && trouble != null) {
      database.giveUpIfServerChanged(connection, trouble);
    }
    return lost;
  }

  private static @Nullable SQLException infrastructureTrouble(Throwable failed) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failed; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof SQLException sql && SqlTrouble.infrastructure(sql)) {
        return sql;
      }
    }
    return null;
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException broken) {
      return true;
    }
  }

  /** False also when an error has ended the transaction. */
  private static boolean answers(Connection connection) {
    try {
      Database.limit(connection, PROBE_MILLIS);
      try (Statement probe = connection.createStatement()) {
        return probe.execute("SELECT 1");
      }
    } catch (SQLException broken) {
      return false;
    }
  }

  private void store(Connection connection, EventRecord record) throws SQLException {
    try {
      rows.insert(connection, List.of(record));
      deadLetters.resolve(connection, List.of(record));
    } catch (SQLException failed) {
      if (SqlTrouble.abortedBefore(failed)) {
        // Waiting would not help: the event is to blame, by attempts, not the database.
        throw new IllegalStateException(
            "the handler swallowed an SQL error that has ended its transaction: let the error pass,"
                + " or use a savepoint",
            failed);
      }
      throw failed;
    }
  }

  private static NonRetryableException refused(SQLException failed) {
    // The driver's message may quote the value; the state says enough.
    return new NonRetryableException(
        "PostgreSQL refuses the row (SQLSTATE " + failed.getSQLState() + ")");
  }

  /**
   * The connection of one run. A run that no longer counts loses it, for its handler may hang: the
   * next run of the event waits for its row, and all others for a connection.
   */
  private final class BorrowedConnection {

    private final Connection connection;

    // Guarded by this.
    private boolean givenBack;

    BorrowedConnection(Connection connection) {
      this.connection = connection;
    }

    synchronized void giveUp() {
      if (!givenBack) {
        database.giveUp(connection);
      }
    }

    /** From now on it may be another's. */
    synchronized void givenBack() {
      givenBack = true;
    }
  }

  /** Carries what a handler threw out of the transaction, apart from the worker's own errors. */
  private static final class FailedHandlerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Exception failure;

    FailedHandlerException(Exception failure) {
      super("the handler failed", failure, false, false);
      this.failure = failure;
    }
  }

  /** Rolls back a run that was given up or has lost its lease while its handler went on. */
  private static final class OutrunException extends Exception {
    private static final long serialVersionUID = 1L;

    OutrunException() {
      super("the run no longer counts; nothing of it is kept", null, false, false);
    }
  }

  /** For a handle that is closed while the transaction goes on. */
  private record LentConnection(Connection connection) implements ConnectionFactory {
    @Override
    public Connection openConnection() {
      return connection;
    }

    @Override
    public void closeConnection(Connection lent) {}
  }

  private static final class TransactionResources implements Resources, AutoCloseable {

    private final Connection connection;
    private @Nullable Handle handle;

    TransactionResources(Connection connection) {
      this.connection = GuardedConnection.of(connection);
    }

    @Override
    public <T> T get(Class<T> type) {
      if (type == Connection.class) {
        return type.cast(connection);
      }
      if (type == Handle.class) {
        return type.cast(handle());
      }
      throw new IllegalArgumentException(
          "the transaction offers java.sql.Connection and org.jdbi.v3.core.Handle, not "
              + type.getName());
    }

    private Handle handle() {
      Handle opened = handle;
      if (opened == null) {
        opened = Jdbi.open(new LentConnection(connection));
        opened.getConfig(Handles.class).setForceEndTransactions(false);
        handle = opened;
      }
      return opened;
    }

    @Override
    public void close() {
      if (handle != null) {
        handle.close();
      }
    }
  }
}
