package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler that writes through the transaction which stores its event. */
class TransactionalInboxIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GUARDED =
      """
      {"id": "guarded", "webhook_config":
        {"order_guard": {"resource": "id", "version": "version", "keep": "1h"}}}
      """;

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final InMemoryModule memory = InMemoryModule.create();
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeAll
  static void start() {
    server = EmbeddedPostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void makeTheUsersTable() throws SQLException {
    database.execute("CREATE SCHEMA " + database.schema() + "_app");
    database.execute(
        "CREATE TABLE " + database.schema() + "_app.deploys (event_id text, attempt integer)");
  }

  private Worker worker(EventHandler handler) {
    WorkerConfig config =
        WorkerConfig.builder()
            .database(database.settings().withTransactionalInbox(true))
            .blockTimeout(Duration.ofMillis(20))
            .shutdownTimeout(Duration.ofSeconds(3))
            .retryPolicy(
                RetryPolicy.defaults()
                    .withMaxRetries(2)
                    .withIntervals(Duration.ofMillis(20), Duration.ofMillis(20)))
            .build();
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new PostgresModule())
        .install(memory)
        .toolConfigExtractor(
            event ->
                "guarded".equals(event.toolId())
                    ? Optional.of(ToolConfigs.fromJson(JSON.readTree(GUARDED)))
                    : Optional.empty())
        .processor("*", handler)
        .build();
  }

  private void write(Connection connection, String eventId, int attempt) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO " + database.schema() + "_app.deploys VALUES (?, ?)")) {
      insert.setString(1, eventId);
      insert.setInt(2, attempt);
      insert.executeUpdate();
    }
  }

  private void run(EventHandler handler) throws Exception {
    try (Worker worker = worker(handler)) {
      worker.start();
      memory.publish("1", "push", "{}");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  memory.isIdle()
                      && worker.stats().held() == 0
                      && (worker.stats().processed() == 1 || memory.deadLetters().size() == 1));
    }
  }

  private void assertEffectOnce(String attempt) throws SQLException {
    assertThat(database.column("SELECT attempt FROM " + database.schema() + "_app.deploys"))
        .containsExactly(attempt);
    assertThat(database.column("SELECT event_id FROM webhook_inbox")).containsExactly("1");
    assertThat(database.column("SELECT event_id FROM webhook_events")).containsExactly("1");
  }

  @Test
  void theHandlersWritesCommitTogetherWithTheInboxRowAndTheEvent() throws Exception {
    run(
        (event, context) ->
            write(context.resource(Connection.class), event.eventId(), context.attempt()));
    assertEffectOnce("1");
  }

  @Test
  void theJdbiHandleIsOfTheSameTransaction() throws Exception {
    run(
        (event, context) -> {
          Handle handle = context.resource(Handle.class);
          assertThat(handle.getConnection()).isSameAs(context.resource(Connection.class));
          handle.execute(
              "INSERT INTO " + database.schema() + "_app.deploys VALUES (?, ?)",
              event.eventId(),
              context.attempt());
        });
    assertEffectOnce("1");
  }

  @Test
  void whatWasWrittenBeforeAFailureIsRolledBack() throws Exception {
    run(
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          if (context.attempt() == 1) {
            throw new IOException("after the write");
          }
        });
    assertEffectOnce("2");
  }

  @Test
  void aDeadLetterLeavesNothingOfItsWrites() throws Exception {
    run(
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          throw new IOException("always");
        });
    assertThat(database.column("SELECT attempt FROM " + database.schema() + "_app.deploys"))
        .isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_inbox")).isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_events")).isEmpty();
    assertThat(memory.deadLetters()).hasSize(1);
  }

  @Test
  void aSnoozeCommitsNothing() throws Exception {
    run(
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          if (runs.incrementAndGet() == 1) {
            context.snooze(Duration.ofMillis(20));
          }
        });
    assertThat(runs).hasValue(2);
    assertEffectOnce("1");
  }

  @Test
  void aConnectionThatIsKilledBeforeTheCommitLeavesNothingAndTheEventRunsAgain() throws Exception {
    run(
        (event, context) -> {
          Connection connection = context.resource(Connection.class);
          write(connection, event.eventId(), context.attempt());
          if (runs.incrementAndGet() == 1) {
            String backend = backendOf(connection);
            database.column("SELECT pg_terminate_backend(" + backend + ")");
          }
        });
    assertThat(runs.get()).isGreaterThanOrEqualTo(2);
    assertEffectOnce("1");
  }

  private static String backendOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void anSqlErrorThatTheHandlerSwallowedEndsInADeadLetterAndNotInALoop() throws Exception {
    run(
        (event, context) -> {
          runs.incrementAndGet();
          try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute("SELECT no_such_column");
          } catch (SQLException swallowed) {
            // As careless handlers do.
            assertThat(swallowed.getSQLState()).isEqualTo("42703");
          }
        });
    assertThat(runs).hasValue(3);
    assertThat(memory.deadLetters().get(0).message()).contains("swallowed");
  }

  @Test
  void anEventThatTheInboxHasIsNotRunAgain() throws Exception {
    run(
        (event, context) ->
            write(context.resource(Connection.class), event.eventId(), context.attempt()));
    try (Worker again = worker((event, context) -> runs.incrementAndGet())) {
      again.start();
      // The same delivery as a crash before the acknowledgement leaves it.
      memory.publish("1", "push", "{}");
      await().until(() -> memory.isIdle() && again.stats().held() == 0);
    }
    assertThat(runs).hasValue(0);
    assertEffectOnce("1");
  }

  @Test
  void withAnOrderGuardNoCommittedStateIsOverwrittenByAnOlderOne() throws Exception {
    database.execute(
        "CREATE TABLE "
            + database.schema()
            + "_app.states (id integer, version integer, at bigserial)");
    List<Integer> versions = new ArrayList<>(IntStream.rangeClosed(1, 40).boxed().toList());
    Collections.shuffle(versions, new Random(4));
    EventHandler handler =
        (event, context) -> {
          int version = event.payload().path("version").asInt();
          try (PreparedStatement insert =
              context
                  .resource(Connection.class)
                  .prepareStatement(
                      "INSERT INTO "
                          + database.schema()
                          + "_app.states (id, version) VALUES (?, ?)")) {
            insert.setInt(1, event.payload().path("id").asInt());
            insert.setInt(2, version);
            insert.executeUpdate();
          }
          if (context.attempt() == 1 && version % 5 == 0) {
            throw new IOException("after the write");
          }
        };
    try (Worker worker = worker(handler)) {
      worker.start();
      for (int version : versions) {
        for (int id = 0; id < 2; id++) {
          memory.publish(
              Map.of(
                  "event_id",
                  "r" + id + "v" + version,
                  "event_type",
                  "push",
                  "payload",
                  "{\"id\":" + id + ",\"version\":" + version + "}",
                  "metadata",
                  "{\"tool_id\":\"guarded\"}"));
        }
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> memory.isIdle() && worker.stats().held() == 0);
    }
    for (int id = 0; id < 2; id++) {
      List<Integer> committed =
          database
              .column(
                  "SELECT version FROM "
                      + database.schema()
                      + "_app.states WHERE id = "
                      + id
                      + " ORDER BY at")
              .stream()
              .map(Integer::valueOf)
              .toList();
      assertThat(committed).isSorted().endsWith(40);
    }
    assertThat(memory.deadLetters()).isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_events")).hasSize(80);
    assertThat(
            database.column(
                "SELECT event_id FROM webhook_inbox UNION ALL SELECT event_id FROM"
                    + " webhook_audit_log WHERE action = 'stale'"))
        .as("each was run in its transaction or was too old")
        .hasSize(80)
        .doesNotHaveDuplicates();
    assertThat(database.column("SELECT event_id FROM webhook_audit_log WHERE action = 'stale'"))
        .isNotEmpty();
  }
}
