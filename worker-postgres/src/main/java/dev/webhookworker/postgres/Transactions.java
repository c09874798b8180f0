package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The one way to run a transaction: nothing but reaching its end commits. Whatever else ends it, an
 * {@link Error} of somebody's code too, rolls it back, and a connection that can't even do that is
 * given up. The driver commits what is open when auto-commit is switched on, so that is done only
 * when nothing is open any more.
 */
final class Transactions {

  private Transactions() {}

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T, X extends Exception> {
    T in(Connection connection) throws SQLException, X;
  }

  /** The same without a result. */
  @FunctionalInterface
  interface Step {
    void in(Connection connection) throws SQLException;
  }

  /** Runs the work and commits, on a connection that has no transaction open. */
  static <T, X extends Exception> T run(Connection connection, Work<T, X> work)
      throws SQLException, X {
    connection.setAutoCommit(false);
    T result;
    try {
      result = work.in(connection);
      connection.commit();
    } catch (Throwable failed) {
      undo(connection, failed);
      throw failed;
    }
    close(connection);
    return result;
  }

  private static void undo(Connection connection, Throwable because) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException alsoFailed) {
      because.addSuppressed(alsoFailed);
      abort(connection, because);
    }
  }

  /** The server rolls back what a lost connection has left open. */
  private static void abort(Connection connection, Throwable because) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException alsoFailed) {
      because.addSuppressed(alsoFailed);
    }
  }

  /** It is committed; a connection that breaks now changes nothing about that. */
  private static void close(Connection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException broken) {
      // The pool throws a broken connection away when it is closed.
      return;
    }
  }
}
