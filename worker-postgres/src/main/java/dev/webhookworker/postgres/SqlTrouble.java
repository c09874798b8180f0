package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.retry.Redaction;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells by SQLSTATE (PostgreSQL manual, appendix A) whether the database refuses the data or is in
 * trouble itself.
 */
final class SqlTrouble {

  private static final Set<String> REFUSING_CLASSES = Set.of("22", "23", "44", "54", "P0");

  private static final Map<String, String> HINTS =
      Map.of(
          "42P01",
          "the schema is missing: let the worker migrate (DATABASE_MIGRATE=true) or run the"
              + " migrations",
          "3F000",
          "the schema is missing: let the worker migrate (DATABASE_MIGRATE=true) or run the"
              + " migrations",
          "42501",
          "grant the role USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its tables",
          "28P01",
          "check DATABASE_USER and DATABASE_PASSWORD",
          "28000",
          "check DATABASE_USER, DATABASE_SSL_MODE and the server's pg_hba.conf",
          "3D000",
          "check DATABASE_NAME",
          "53300",
          "the server has no connection left: lower DATABASE_POOL_SIZE or raise max_connections");

  private SqlTrouble() {}

  /**
   * Whether the same row would be refused again: data exceptions (22), constraints (23), views with
   * a check (44), limits (54), and what a trigger of the user's raises (P0). Everything else is
   * trouble of the database, of the connection or of the set-up, and passes or is mended.
   */
  static boolean refusesData(SQLException error) {
    String state = error.getSQLState();
    return state != null && REFUSING_CLASSES.contains(state.substring(0, 2));
  }

  /**
   * Whether an earlier statement of the transaction failed and its error was swallowed: no fault of
   * the database's, and not mended by waiting.
   */
  static boolean abortedBefore(SQLException error) {
    return "25P02".equals(error.getSQLState());
  }

  /** The error below a pool's timeout, which says why no connection was to be had. */
  static SQLException root(SQLException error) {
    SQLException root = error;
    while (root.getCause() instanceof SQLException deeper && deeper != root) {
      root = deeper;
    }
    return root;
  }

  static StoreUnavailableException unavailable(SQLException error) {
    return new StoreUnavailableException("PostgreSQL: " + message(error), error);
  }

  /** The message without row values, with its SQLSTATE and what to do where that is known. */
  static String message(SQLException error) {
    @Nullable String state = error.getSQLState();
    @Nullable String hint = state == null ? null : HINTS.get(state);
    return Redaction.messageOf(error)
        + (state == null ? "" : " (SQLSTATE " + state + ")")
        + (hint == null ? "" : "; " + hint);
  }
}
