package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One janitor at a time, by an advisory lock that ends with each of its transactions. One that
 * belonged to the session would stay behind on a pooler's connection, and nobody would do the
 * housekeeping any more.
 */
final class Election {

  private static final int ROLE = 0x776a;

  private final String schema;

  Election(Database database) {
    schema = database.settings().schema();
  }

  /** Another worker is at it. */
  static final class LostException extends SQLException {
    private static final long serialVersionUID = 1L;

    LostException() {
      super("another worker does the housekeeping");
    }
  }

  /** Whether nobody is at it at this moment; on a connection that has no transaction open. */
  boolean isOpen(Connection connection) throws SQLException {
    return take(connection);
  }

  /**
   * Runs the work in a transaction, alone.
   *
   * @throws LostException when another worker is at it
   */
  <T> T alone(Connection connection, Transactions.Work<T, RuntimeException> work)
      throws SQLException {
    return Transactions.run(
        connection,
        inside -> {
          if (!take(inside)) {
            throw new LostException();
          }
          return work.in(inside);
        });
  }

  private boolean take(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT pg_try_advisory_xact_lock(?, hashtext(?))")) {
      select.setInt(1, ROLE);
      select.setString(2, schema);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
