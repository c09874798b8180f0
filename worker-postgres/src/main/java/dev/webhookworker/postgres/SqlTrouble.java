package dev.webhookworker.postgres;

import dev.webhookworker.port.StoreUnavailableException;
import dev.webhookworker.retry.Redaction;
import java.net.SocketTimeoutException;
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

  /** It answers, and takes no writes (25006), or is about to go. */
  private static final Set<String> SERVER_CHANGED = Set.of("25006", "57P01", "57P02", "57P03");

  /** Connection, resources and system; nothing of what was asked. */
  private static final Set<String> INFRASTRUCTURE_CLASSES = Set.of("08", "53", "58");

  /** A server that changed its role or goes away, and timeouts that end a session. */
  private static final Set<String> INFRASTRUCTURE =
      Set.of("25006", "25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05");

  private static final String MISSING_SCHEMA =
      "the schema is missing: let the worker migrate (DATABASE_MIGRATE=true) or run the migrations";

  private static final String POOLER =
      "between worker and server seems to be a pooler in transaction mode: set"
          + " DATABASE_POOLER=transaction";

  private static final Map<String, String> HINTS =
      Map.ofEntries(
          Map.entry("42P01", MISSING_SCHEMA),
          Map.entry("3F000", MISSING_SCHEMA),
          Map.entry(
              "42501",
              "grant the role USAGE on the schema and SELECT, INSERT, UPDATE, DELETE on its"
                  + " tables"),
          Map.entry("28P01", "login refused: check DATABASE_USER and DATABASE_PASSWORD"),
          Map.entry(
              "28000",
              "login refused: check DATABASE_USER, DATABASE_SSL_MODE and the server's"
                  + " pg_hba.conf"),
          Map.entry("3D000", "check DATABASE_NAME"),
          Map.entry(
              "53300",
              "the server has no connection left: lower DATABASE_POOL_SIZE or raise"
                  + " max_connections"),
          Map.entry(
              "25006",
              "the server takes no writes; after a switchover the name has to point to the new"
                  + " primary"),
          Map.entry("26000", POOLER),
          Map.entry("42P05", POOLER));

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

  /** Whether the server has changed its role or ends: its connections are of no use any more. */
  static boolean serverChanged(SQLException error) {
    return SERVER_CHANGED.contains(state(error));
  }

  /** Whether the statement took longer than the server allows ({@code statement_timeout}). */
  static boolean tooSlow(SQLException error) {
    return "57014".equals(error.getSQLState());
  }

  /** Whether a prepared statement is not in this session, or one is that is not this client's. */
  static boolean preparedElsewhere(SQLException error) {
    return Set.of("26000", "42P05").contains(state(error));
  }

  /** Whether the answer did not come in time: the server is too slow, or is not to be reached. */
  static boolean noAnswer(SQLException error) {
    return error.getCause() instanceof SocketTimeoutException;
  }

  /**
   * Whether connection or server are to blame, and not what was asked. An error without a state is
   * the pool's, about a connection that is closed.
   */
  static boolean infrastructure(SQLException error) {
    String state = state(error);
    return state.isEmpty()
        || INFRASTRUCTURE_CLASSES.contains(state.substring(0, 2))
        || INFRASTRUCTURE.contains(state);
  }

  private static String state(SQLException error) {
    String state = error.getSQLState();
    return state == null || state.length() < 5 ? "" : state;
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
    return new StoreUnavailableException("PostgreSQL: " + message(root(error)), error);
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
