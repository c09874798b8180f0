package dev.webhookworker.postgres;

import dev.webhookworker.StorageSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What the times of rows and seals tell of the sealing: that it has stopped, or was begun anew. A
 * chain that is whole says neither. For one thread.
 */
final class SealingTimes {

  /** For a dump or a report that is at it while rows are written: nothing is sealed meanwhile. */
  private static final Duration GRACE = Duration.ofHours(1);

  private final String log;
  private final String seals;
  private final Duration bound;

  SealingTimes(Database database, StorageSettings settings) {
    log = database.table("webhook_audit_log");
    seals = database.table("webhook_audit_seal");
    bound = settings.auditSealDelay().plus(settings.janitorInterval().multipliedBy(2)).plus(GRACE);
  }

  /** A row that has waited too long for its seal. */
  record Overdue(LocalDate day, long rowId) {}

  /** The first row that should be sealed by now and is not. */
  Optional<Overdue> overdue(Connection connection) throws SQLException {
    String sql =
        """
        SELECT (received_at AT TIME ZONE 'UTC')::date, id FROM %s
        WHERE id > (SELECT coalesce(max(last_id), 0) FROM %s)
          AND at < now() - ? * interval '1 millisecond'
        ORDER BY id LIMIT 1
        """
            .formatted(log, seals);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, bound.toMillis());
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Overdue(row.getObject(1, LocalDate.class), row.getLong(2)))
            : Optional.empty();
      }
    }
  }

  /** When the last seal was made, as ISO 8601; empty when there is none. */
  String last(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT max(sealed_at) FROM " + seals)) {
      OffsetDateTime last = row.next() ? row.getObject(1, OffsetDateTime.class) : null;
      return last == null ? "" : last.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
    }
  }

  /**
   * Whether the oldest seal is much younger than rows that were written a day and more after the
   * first row. No dump takes that long, and where no worker runs there are no such rows.
   */
  boolean begunAnew(Connection connection) throws SQLException {
    String sql =
        """
        SELECT EXISTS (SELECT FROM %1$s
          WHERE at > (SELECT min(at) FROM %1$s) + interval '1 day'
            AND at < (SELECT min(sealed_at) FROM %2$s) - interval '1 day')
        """
            .formatted(log, seals);
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
