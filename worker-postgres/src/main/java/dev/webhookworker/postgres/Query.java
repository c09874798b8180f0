package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Asks the database one question at a time, each on a connection of its own. Thread-safe. */
final class Query {

  private final Database database;

  Query(Database database) {
    this.database = database;
  }

  /** Sets the parameters of a statement. */
  interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  /** Reads all that is wanted of the rows. */
  interface Reading<T> {
    T of(ResultSet result) throws SQLException;
  }

  <T> T ask(String sql, Parameters parameters, Reading<T> reading)
      throws StoreUnavailableException {
    try {
      return database.use(
          connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
              parameters.set(select);
              try (ResultSet result = select.executeQuery()) {
                return reading.of(result);
              }
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }

  /** Runs a statement that changes rows, by itself; how many. */
  int change(String sql, Parameters parameters) throws StoreUnavailableException {
    try {
      return database.use(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
              parameters.set(statement);
              return statement.executeUpdate();
            }
          });
    } catch (SQLException failed) {
      throw SqlTrouble.unavailable(failed);
    }
  }
}
