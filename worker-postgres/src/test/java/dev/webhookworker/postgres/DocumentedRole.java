package dev.webhookworker.postgres;

import dev.webhookworker.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The role of docs/storage.md for a worker, with exactly the rights that are printed there. */
final class DocumentedRole {

  private final TestDatabase database;
  private final String name;

  private DocumentedRole(TestDatabase database) {
    this.database = database;
    name = "app_" + database.schema();
  }

  /** Migrates the schema as its owner, and makes the role. */
  static DocumentedRole in(TestDatabase database) {
    try (PostgresEventStore owner = database.store()) {
      owner.open();
      DocumentedRole role = new DocumentedRole(database);
      database.execute("CREATE ROLE " + role.name + " LOGIN");
      for (String grant : grants()) {
        database.execute(
            grant
                .replace("SCHEMA worker ", "SCHEMA " + database.schema() + " ")
                .replace("worker.", database.schema() + ".")
                .replace("TO app;", "TO " + role.name));
      }
      return role;
    } catch (SQLException | dev.webhookworker.port.StoreUnavailableException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** What the documentation grants, word by word. */
  private static List<String> grants() {
    Path page = Path.of("..", "docs", "storage.md");
    try {
      List<String> grants =
          Files.readAllLines(page).stream()
              .filter(line -> line.startsWith("GRANT ") && line.endsWith(" TO app;"))
              .toList();
      if (grants.isEmpty()) {
        throw new IllegalStateException(page + " grants nothing to a role 'app'");
      }
      return grants;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  String name() {
    return name;
  }

  DatabaseSettings settings() {
    return database.settings(name).withMigrate(false);
  }

  /** Takes a right away, as who leaves a line of the documentation out. */
  void revoke(String right) throws SQLException {
    database.execute("REVOKE " + right + " FROM " + name);
  }

  /** Runs statements as this role. */
  void execute(String sql) throws SQLException {
    database.execute("SET ROLE " + name + "; " + sql);
  }
}
