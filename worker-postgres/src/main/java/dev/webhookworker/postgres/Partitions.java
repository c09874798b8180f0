package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the day partitions ahead. An event of a day without one goes to the default partition, so
 * that a worker without the right to make tables stores all the same. Thread-safe.
 */
final class Partitions {

  private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
  private static final String AUDIT = "webhook_audit_log";
  private static final List<String> TABLES = List.of("webhook_events", AUDIT);
  private static final int DAYS_AHEAD = 7;
  private static final long LOCK = 0x776f726b6572L;

  private final Database database;
  private volatile LocalDate madeOn = LocalDate.MIN;

  Partitions(Database database) {
    this.database = database;
  }

  /** Makes what is missing once a day; cheap otherwise. */
  void ensure() {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    if (today.equals(madeOn)) {
      return;
    }
    madeOn = today;
    try (Connection connection = database.dataSource().getConnection()) {
      for (String table : TABLES) {
        for (int day = 0; day <= DAYS_AHEAD; day++) {
          makeAlone(connection, table, today.plusDays(day));
        }
      }
    } catch (SQLException failed) {
      LOG.atWarn()
          .addKeyValue("problem", SqlTrouble.message(failed))
          .log("Day partitions were not made; events go to the default partition");
    }
  }

  /**
   * Each in a transaction of its own: a day that can't have its partition any more, because the
   * default one took its first events, must not keep the others from theirs.
   */
  private void makeAlone(Connection connection, String table, LocalDate day) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      make(statement, table, day);
      connection.commit();
    } catch (SQLException failed) {
      connection.rollback();
      if (!SqlTrouble.refusesData(failed)) {
        throw failed;
      }
      LOG.atWarn()
          .addKeyValue("table", table)
          .addKeyValue("day", day)
          .addKeyValue("sql_state", failed.getSQLState())
          .log("A day has no partition of its own; its events stay in the default partition");
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private void make(Statement statement, String table, LocalDate day) throws SQLException {
    String name = database.table(table + "_" + day.format(DateTimeFormatter.BASIC_ISO_DATE));
    if (exists(statement, name)) {
      return;
    }
    statement.execute(
        "CREATE TABLE "
            + name
            + " PARTITION OF "
            + database.table(table)
            + " FOR VALUES FROM ('"
            + day
            + " 00:00:00+00') TO ('"
            + day.plusDays(1)
            + " 00:00:00+00')");
    if (table.equals(AUDIT)) {
      // A partition inherits the triggers of rows, not those of statements.
      statement.execute(
          "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "
              + name
              + " FOR EACH STATEMENT EXECUTE FUNCTION "
              + database.table("webhook_audit_log_append_only")
              + "()");
    }
  }

  private static boolean exists(Statement statement, String name) throws SQLException {
    try (ResultSet found = statement.executeQuery("SELECT to_regclass('" + name + "')")) {
      return found.next() && found.getString(1) != null;
    }
  }
}
