package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransactionsIT {

  private static EmbeddedPostgresServer server;

  private static TestDatabase database;

  @BeforeAll
  static void start() throws SQLException {
    server = EmbeddedPostgresServer.start();
    database = TestDatabase.fresh(server);
    database.execute("CREATE SCHEMA " + database.schema());
    database.execute("CREATE TABLE kept (what text)");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Throwable> whateverEndsIt() throws ReflectiveOperationException {
    return ThrowableClasses.all();
  }

  @ParameterizedTest
  @MethodSource("whateverEndsIt")
  void nothingOfATransactionThatDoesNotReachItsEndIsKept(Throwable end) throws Exception {
    try (Database pool = Database.connect(database.settings())) {
      Throwable thrown =
          catchThrowable(
              () ->
                  pool.transaction(
                      connection -> {
                        insert(connection, "half");
                        throw ThrowableClasses.sneaky(end);
                      }));
      assertThat(thrown).isSameAs(end);
      assertThat(database.column("SELECT what FROM kept WHERE what = 'half'")).isEmpty();
      pool.transaction(
          connection -> {
            insert(connection, "whole");
            return true;
          });
    }
    assertThat(database.column("SELECT DISTINCT what FROM kept")).containsExactly("whole");
  }

  @Test
  void aConnectionThatCanNotRollBackIsGivenUpAndCommitsNothing() throws Exception {
    try (Database pool = Database.connect(database.settings())) {
      Throwable thrown =
          catchThrowable(
              () ->
                  pool.transaction(
                      connection -> {
                        insert(connection, "lost");
                        try (Statement statement = connection.createStatement()) {
                          statement.execute("SELECT pg_terminate_backend(pg_backend_pid())");
                        }
                        return true;
                      }));
      assertThat(thrown).isInstanceOf(SQLException.class);
      assertThat(pool.<Boolean, RuntimeException>use(Connection::getAutoCommit)).isTrue();
    }
    assertThat(database.column("SELECT what FROM kept WHERE what = 'lost'")).isEmpty();
  }

  private static void insert(Connection connection, String what) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO " + database.schema() + ".kept VALUES ('" + what + "')");
    }
  }

  @Test
  void noOtherPlaceOfTheModuleEndsATransaction() throws Exception {
    List<String> places = SourceFiles.linesWith(".setAutoCommit(", ".commit()", ".rollback(");
    assertThat(places).allMatch(line -> line.startsWith("Transactions.java"));
  }

  @Test
  void everyConnectionIsWatchedForAServerThatHasChanged() throws Exception {
    assertThat(SourceFiles.linesWith("getConnection()"))
        .filteredOn(line -> line.contains("dataSource"))
        .allMatch(line -> line.startsWith("Database.java"));
  }
}
