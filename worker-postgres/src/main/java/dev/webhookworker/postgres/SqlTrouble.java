package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.retry.Redaction;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells by SQLSTATE (PostgreSQL manual, appendix A) whether the database refuses the data or is in
 * trouble itself.
 */
final class SqlTrouble {

  private SqlTrouble() {}

  /** Whether the same row would be refused again: data exceptions, constraints, limits. */
  static boolean refusesData(SQLException error) {
    String state = error.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
  }

  static StoreUnavailableException unavailable(SQLException error) {
    return new StoreUnavailableException("PostgreSQL: " + message(error), error);
  }

  /** The message without row values, with its SQLSTATE and what to do where that is known. */
  static String message(SQLException error) {
    @Nullable String state = error.getSQLState();
    String hint =
        "42P01".equals(state) || "3F000".equals(state)
            ? "; the schema is missing: let the worker migrate (DATABASE_MIGRATE=true) or run the"
                + " migrations"
            : "42501".equals(state)
                ? "; grant the role USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its"
                    + " tables"
                : "";
    return Redaction.messageOf(error) + " (SQLSTATE " + state + ")" + hint;
  }
}
