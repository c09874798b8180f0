package dev.webhookworker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
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

  void text(Function<T, @Nullable String> column) throws SQLException {
    statement.setObject(next++, TextArray.of(rows, column));
  }

  void integer(Function<T, Integer> column) throws SQLException {
    set("int4", column);
  }

  void number(Function<T, Long> column) throws SQLException {
    set("int8", column);
  }

  void flag(Function<T, Boolean> column) throws SQLException {
    set("bool", column);
  }

  /** As microseconds since the epoch. */
  void time(Function<T, @Nullable Instant> column) throws SQLException {
    set(
        "int8",
        row -> {
          Instant at = column.apply(row);
          return at == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, at);
        });
  }

  private void set(String type, Function<T, ? extends @Nullable Object> column)
      throws SQLException {
    @Nullable Object[] values = new Object[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    statement.setArray(next++, connection.createArrayOf(type, values));
  }
}
