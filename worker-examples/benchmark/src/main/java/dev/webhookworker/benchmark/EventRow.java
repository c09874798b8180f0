package dev.webhookworker.benchmark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One event row a statement, as a user would write it in a listener. For one thread. */
final class EventRow implements AutoCloseable {

  private final Connection connection;
  private final PreparedStatement insert;

  EventRow(Job job) throws SQLException {
    connection = DriverManager.getConnection(job.jdbcUrl());
    insert =
        connection.prepareStatement(
            """
            INSERT INTO worker.webhook_events (event_id, received_at, entry_id, event_type, tool_id,
              payload, correlation_id, attempt, processed_at, worker)
            VALUES (?, now(), ?, ?, 'default', ?::json, ?, 1, now(), 'peer')
            ON CONFLICT DO NOTHING
            """);
  }

  void insert(
      String entryId, @Nullable String eventId, @Nullable String type, @Nullable String payload)
      throws SQLException {
    insert.setString(1, eventId);
    insert.setString(2, entryId);
    insert.setString(3, type);
    insert.setString(4, payload);
    insert.setString(5, eventId);
    insert.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    insert.close();
    connection.close();
  }
}
