package dev.webhookworker.postgres;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.JsonText;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One schema of an embedded server, and short ways to look into it. */
final class TestDatabase {

  private static int schemas;

  private final EmbeddedPostgresServer server;
  private final String schema;
  private @Nullable DocumentedRole documented;

  private TestDatabase(EmbeddedPostgresServer server, String schema) {
    this.server = server;
    this.schema = schema;
  }

  /** A schema that nobody has used. */
  static synchronized TestDatabase fresh(EmbeddedPostgresServer server) {
    return new TestDatabase(server, "worker_" + ++schemas);
  }

  String schema() {
    return schema;
  }

  DatabaseSettings settings() {
    return settings(server.user());
  }

  DatabaseSettings settings(String role) {
    return new DatabaseSettings(
        server.host(),
        server.port(),
        server.database(),
        role,
        Secret.of("s3cret-password"),
        "disable",
        4,
        schema,
        true,
        false);
  }

  /** The role of a worker that does not own its tables, in a schema that their owner has made. */
  synchronized DocumentedRole documented() {
    DocumentedRole role = documented == null ? DocumentedRole.in(this) : documented;
    documented = role;
    return role;
  }

  /** A store as the documented role; it has still to be opened. */
  PostgresEventStore documentedStore() {
    return new PostgresEventStore(Database.connect(documented().settings()));
  }

  /** A store as the owner of the tables. */
  PostgresEventStore store() {
    return new PostgresEventStore(Database.connect(settings()));
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO " + schema);
      statement.execute(sql);
    }
  }

  /** The first column of every row, as text. */
  List<String> column(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO " + schema);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          values.add(rows.getString(1));
        }
      }
    }
    return values;
  }

  static EventRecord record(String eventId, String payload) {
    return record(eventId, payload, System.currentTimeMillis() + "-0", null);
  }

  static EventRecord record(
      String eventId, String payload, String entryId, @Nullable String metadata) {
    return new EventRecord(
        entryId,
        eventId,
        "push",
        "default",
        null,
        null,
        null,
        JsonText.of(payload),
        null,
        null,
        metadata,
        "correlation",
        1,
        Instant.now(),
        "worker",
        0);
  }
}
