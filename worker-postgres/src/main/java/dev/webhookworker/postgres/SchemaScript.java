package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes an empty schema in one transaction, which is all that a pooler leaves together. */
final class SchemaScript {

  private static final long LOCK = 0x776f726b6d67L;

  private final Database database;

  SchemaScript(Database database) {
    this.database = database;
  }

  /**
   * @return how many migrations were run; 0 when another worker was quicker
   */
  int run() throws StoreUnavailableException {
    try {
      return database.bulk(connection -> Transactions.run(connection, this::run));
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  private int run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      if (SchemaVersion.isCurrent(connection, database)) {
        return 0;
      }
      statement.execute(MigrationScript.inTransaction(database.settings().schema()));
      return MigrationScript.count();
    }
  }
}
