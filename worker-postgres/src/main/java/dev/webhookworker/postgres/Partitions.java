package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the day partitions ahead and drops old ones. An event of a day without one goes to the
 * default partition, so that a worker without the right to make tables stores all the same.
 * Thread-safe.
 */
final class Partitions {

  static final String EVENTS = "webhook_events";
  static final String AUDIT = "webhook_audit_log";
  static final int DAYS_AHEAD = 7;

  /**
   * For a lock that keeps writers waiting. Whoever waits for one behind an open reader holds up all
   * that come after it: the step is given up and tried again in the next round.
   */
  private static final String LOCK_LIMIT = "SET LOCAL lock_timeout = '1s'";

  /** Rows that are moved keep writers waiting as long. */
  private static final String MOVE_LIMIT = "SET LOCAL statement_timeout = '20s'";

  private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
  private static final List<String> TABLES = List.of(EVENTS, AUDIT);
  private static final long LOCK = 0x776f726b6572L;

  private final Database database;
  private final Clock clock;
  private final Election election;

  Partitions(Database database) {
    this(database, Clock.systemUTC());
  }

  Partitions(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    election = new Election(database);
  }

  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /**
   * Makes those ahead that are missing. What can't be made now goes on without: the default
   * partition takes what comes, and the janitor tries again.
   */
  void ensure() {
    for (String table : TABLES) {
      try {
        database.use(
            connection -> {
              for (int day = 0; day <= DAYS_AHEAD; day++) {
                makeAlone(connection, table, today().plusDays(day));
              }
              return table;
            });
      } catch (SQLException failed) {
        LOG.atWarn()
            .addKeyValue("table", table)
            .addKeyValue("problem", SqlTrouble.message(failed))
            .log(
                "Partitions of the coming days could not be made; it is tried again, and until"
                    + " then their rows go to the default partition");
      }
    }
  }

  /** Makes those ahead and those that the default partition's rows want; what was made. */
  List<String> makeAll(Connection connection, String table, int retentionDays) throws SQLException {
    TreeSet<LocalDate> days = new TreeSet<>();
    for (int day = 0; day <= DAYS_AHEAD; day++) {
      days.add(today().plusDays(day));
    }
    for (LocalDate day : daysInDefault(connection, table)) {
      if (!day.isBefore(today().minusDays(retentionDays))
          && !day.isAfter(today().plusDays(DAYS_AHEAD))) {
        days.add(day);
      }
    }
    List<String> made = new ArrayList<>();
    for (LocalDate day : days) {
      if (makeAlone(connection, table, day)) {
        made.add(partition(table, day));
      }
    }
    return made;
  }

  /** Each in a transaction of its own, so that the lock on the table is held shortly. */
  private boolean makeAlone(Connection connection, String table, LocalDate day)
      throws SQLException {
    return Transactions.run(
        connection,
        inside -> {
          try (Statement statement = inside.createStatement()) {
            if (exists(statement, database.table(partition(table, day)))) {
              return false;
            }
            statement.execute(LOCK_LIMIT);
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            return make(inside, statement, table, day);
          }
        });
  }

  private boolean make(Connection connection, Statement statement, String table, LocalDate day)
      throws SQLException {
    String name = database.table(partition(table, day));
    if (exists(statement, name)) {
      return false;
    }
    String whole = database.table(table);
    String rest = database.table(table + "_default");
    // A day without its partition has its rows in the default one, which refuses the new partition
    // as long as it has them. Detached it is a plain table, without the guard of the audit log too.
    boolean moves = hasRowsOf(connection, rest, day);
    if (moves) {
      statement.execute(MOVE_LIMIT);
      statement.execute("ALTER TABLE " + whole + " DETACH PARTITION " + rest);
    }
    statement.execute(
        "CREATE TABLE "
            + name
            + " PARTITION OF "
            + whole
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
    if (moves) {
      String identity = table.equals(AUDIT) ? " OVERRIDING SYSTEM VALUE" : "";
      statement.execute(
          "WITH moved AS (DELETE FROM "
              + rest
              + " WHERE received_at >= '"
              + day
              + " 00:00:00+00' AND received_at < '"
              + day.plusDays(1)
              + " 00:00:00+00' RETURNING *) INSERT INTO "
              + whole
              + identity
              + " SELECT * FROM moved");
      statement.execute("ALTER TABLE " + whole + " ATTACH PARTITION " + rest + " DEFAULT");
      LOG.atInfo()
          .addKeyValue("table", table)
          .addKeyValue("day", day)
          .log("A day's rows were moved from the default partition to their own");
    }
    return true;
  }

  private static boolean hasRowsOf(Connection connection, String table, LocalDate day)
      throws SQLException {
    String sql =
        "SELECT EXISTS (SELECT FROM "
            + table
            + " WHERE received_at >= '"
            + day
            + " 00:00:00+00' AND received_at < '"
            + day.plusDays(1)
            + " 00:00:00+00')";
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private List<LocalDate> daysInDefault(Connection connection, String table) throws SQLException {
    String sql =
        "SELECT DISTINCT (received_at AT TIME ZONE 'UTC')::date FROM "
            + database.table(table + "_default")
            + " ORDER BY 1";
    List<LocalDate> days = new ArrayList<>();
    try (Statement select = connection.createStatement();
        ResultSet rows = select.executeQuery(sql)) {
      while (rows.next()) {
        Date day = rows.getDate(1);
        days.add(day.toLocalDate());
      }
    }
    return days;
  }

  /** What is done in the transaction that drops a day. */
  interface Drop {
    void of(LocalDate day) throws SQLException;
  }

  /** Drops the days before the retention; what was dropped. */
  List<LocalDate> dropBefore(Connection connection, String table, int retentionDays, Drop with)
      throws SQLException {
    LocalDate oldestKept = today().minusDays(retentionDays);
    List<LocalDate> dropped = new ArrayList<>();
    for (LocalDate day : daysOf(connection, table)) {
      if (day.isBefore(oldestKept)) {
        boolean there =
            election.alone(
                connection,
                inside -> {
                  try (Statement drop = inside.createStatement()) {
                    String name = database.table(partition(table, day));
                    if (!exists(drop, name)) {
                      return false;
                    }
                    drop.execute(LOCK_LIMIT);
                    drop.execute("DROP TABLE " + name);
                  }
                  with.of(day);
                  return true;
                });
        if (there) {
          dropped.add(day);
        }
      }
    }
    return dropped;
  }

  /** The days that have partitions, oldest first. */
  List<LocalDate> daysOf(Connection connection, String table) throws SQLException {
    String sql =
        """
        SELECT child.relname FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = to_regclass(?) ORDER BY 1
        """;
    List<LocalDate> days = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, database.table(table));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String day = rows.getString(1).substring(table.length() + 1);
          if (!day.equals("default")) {
            addDay(days, day);
          }
        }
      }
    }
    return days;
  }

  private static void addDay(List<LocalDate> days, String text) {
    try {
      days.add(LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE));
    } catch (DateTimeException notOurs) {
      LOG.atDebug().addKeyValue("partition", text).log("A partition that is not a day is left");
    }
  }

  static String partition(String table, LocalDate day) {
    return table + "_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
  }

  private static boolean exists(Statement statement, String name) throws SQLException {
    try (ResultSet found = statement.executeQuery("SELECT to_regclass('" + name + "')")) {
      return found.next() && found.getString(1) != null;
    }
  }
}
