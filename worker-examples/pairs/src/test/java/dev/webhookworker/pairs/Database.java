package dev.webhookworker.pairs;

import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.Secret;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database of one pair's own: what its sessions leave open is seen by its name. */
final class Database {

  private static final int POOL = 3;

  private final EmbeddedPostgresServer server;
  private final String name;

  Database(EmbeddedPostgresServer server, String name) throws SQLException {
    this.server = server;
    this.name = name;
    run(server.database(), "CREATE DATABASE " + name);
    run(
        name,
        "CREATE TABLE effects (event_id text NOT NULL, finished boolean NOT NULL DEFAULT false)");
  }

  DatabaseSettings settings(int port, boolean inbox) {
    return new DatabaseSettings(
        server.host(),
        port,
        name,
        server.user(),
        Secret.of("unused"),
        "disable",
        POOL,
        "worker",
        true,
        inbox);
  }

  /** The first column of every row. */
  List<String> column(String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url(name));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /** Sessions in the middle of a transaction. */
  List<String> openTransactions() throws SQLException {
    return column(
        "SELECT state || ': ' || query FROM pg_stat_activity WHERE datname = current_database()"
            + " AND state LIKE 'idle in transaction%'");
  }

  private void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://"
        + server.host()
        + ":"
        + server.port()
        + "/"
        + database
        + "?user="
        + server.user();
  }
}
