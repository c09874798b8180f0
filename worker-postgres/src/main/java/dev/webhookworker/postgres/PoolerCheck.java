package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether a pooler gives each transaction another session: then what a connection had as its server
 * process goes to another connection that opens a transaction, and the first one gets another.
 */
final class PoolerCheck {

  static final String ADVICE =
      "set DATABASE_POOLER=transaction, or connect to PostgreSQL itself or to a pool in session"
          + " mode";

  /** Others' use of the pooler may hide what is looked for. */
  private static final int LOOKS = 3;

  private PoolerCheck() {}

  static boolean findsOne(Database database) throws SQLException {
    try {
      return sessionsChange(database);
    } catch (SQLException failed) {
      if (SqlTrouble.preparedElsewhere(failed)) {
        return true;
      }
      throw failed;
    }
  }

  private static boolean sessionsChange(Database database) throws SQLException {
    return database.<Boolean, SQLException>use(
        one ->
            database.<Boolean, SQLException>use(
                other -> {
                  for (int look = 0; look < LOOKS; look++) {
                    int before = process(one);
                    int after = Transactions.run(other, inside -> whileTaken(inside, one));
                    if (before != after) {
                      return true;
                    }
                  }
                  return false;
                }));
  }

  private static int whileTaken(Connection inTransaction, Connection one) throws SQLException {
    process(inTransaction);
    return process(one);
  }

  private static int process(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
