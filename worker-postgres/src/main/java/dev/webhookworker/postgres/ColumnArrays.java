package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sets one array parameter after the other, a column of all rows each. For one statement. */
final class ColumnArrays<T> {

  private final Connection connection;
  private final PreparedStatement statement;
  private final List<T> rows;
  private int next = 1;

  ColumnArrays(Connection connection, PreparedStatement statement, List<T> rows) {
    this.connection = connection;
    this.statement = statement;
    this.rows = rows;
  }

  /**
   * The FROM item of a statement whose parameters these are. The arrays stand in a SELECT list,
   * where PostgreSQL walks through them in step; {@code FROM unnest(…)} fills a tuplestore for each
   * of them, which was a tenth of what storing costs the server.
   *
   * @param columns name and type of each, in the order in which they are set
   */
  static String rows(String... columns) {
    return Arrays.stream(columns)
        .map(column -> column.split(" ", 2))
        .map(column -> "unnest(?::" + column[1] + "[]) AS " + column[0])
        .collect(Collectors.joining(", ", "(SELECT ", ") AS row"));
  }

  void text(Function<T, @Nullable String> column) throws SQLException {
    statement.setObject(next++, TextArray.column(rows, column));
  }

  /** A column of text that is encoded already. */
  void utf8(Function<T, byte @Nullable []> column) throws SQLException {
    statement.setObject(next++, TextArray.utf8(rows, column));
  }

  void integer(Function<T, Integer> column) throws SQLException {
    statement.setObject(next++, NumberArray.integers(rows, column));
  }

  void number(Function<T, @Nullable Long> column) throws SQLException {
    statement.setObject(next++, NumberArray.longs(rows, column));
  }

  void flag(Function<T, Boolean> column) throws SQLException {
    Boolean[] values = new Boolean[rows.size()];
    Arrays.setAll(values, i -> column.apply(rows.get(i)));
    statement.setArray(next++, connection.createArrayOf("bool", values));
  }

  /** As microseconds since the epoch. */
  void time(Function<T, @Nullable Instant> column) throws SQLException {
    number(
        row -> {
          Instant at = column.apply(row);
          return at == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, at);
        });
  }
}
