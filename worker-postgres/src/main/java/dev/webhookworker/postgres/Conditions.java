package dev.webhookworker.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The WHERE clause of a filter with its parameters. For one query. */
final class Conditions {

  private final List<String> all = new ArrayList<>();
  private final List<Object> parameters = new ArrayList<>();

  /** A condition of constants. */
  Conditions and(String condition) {
    all.add(condition);
    return this;
  }

  /** A condition with parameters for its question marks. */
  Conditions and(String condition, Object... values) {
    all.add(condition);
    for (Object value : values) {
      parameters.add(
          value instanceof Instant at ? OffsetDateTime.ofInstant(at, ZoneOffset.UTC) : value);
    }
    return this;
  }

  /** The condition where the value is there. */
  Conditions andIf(String condition, @Nullable Object value) {
    return value == null ? this : and(condition, value);
  }

  String where() {
    return all.isEmpty() ? "" : "WHERE " + String.join(" AND ", all);
  }

  /** Sets the parameters from that index on; the index after them. */
  int set(PreparedStatement statement, int from) throws SQLException {
    int index = from;
    for (Object parameter : parameters) {
      statement.setObject(index++, parameter);
    }
    return index;
  }
}
