package dev.webhookworker.postgres;

import java.sql.Connection;
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
  private static final List<String> TABLES = List.of("webhook_events", "webhook_audit_log");
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
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        for (String table : TABLES) {
          for (int day = 0; day <= DAYS_AHEAD; day++) {
            make(statement, table, today.plusDays(day));
          }
        }
      }
      connection.commit();
    } catch (SQLException failed) {
      LOG.atWarn()
          .addKeyValue("problem", SqlTrouble.message(failed))
          .log("Day partitions were not made; events go to the default partition");
    }
  }

  private void make(Statement statement, String table, LocalDate day) throws SQLException {
    String name = database.table(table + "_" + day.format(DateTimeFormatter.BASIC_ISO_DATE));
    statement.execute(
        "CREATE TABLE IF NOT EXISTS "
            + name
            + " PARTITION OF "
            + database.table(table)
            + " FOR VALUES FROM ('"
            + day
            + " 00:00:00+00') TO ('"
            + day.plusDays(1)
            + " 00:00:00+00')");
  }
}
