package dev.webhookworker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.port.EventRecord;
import dev.webhookworker.port.TransactionalInbox;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A handler that writes through the transaction which stores its event. */
@Tag("servers")
class TransactionalInboxIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GUARDED =
      """
      {"id": "guarded", "webhook_config":
        {"order_guard": {"resource": "id", "version": "version", "keep": "1h"}}}
      """;

  private static EmbeddedPostgresServer server;

  private final TestDatabase database = TestDatabase.fresh(server);
  private final Database pool = Database.connect(database.settings());
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

  @AfterEach
  void closeThePool() {
    pool.close();
  }

  @BeforeEach
  void makeTheUsersTable() throws SQLException {
    String schema = database.schema() + "_app";
    String role = database.documented().name();
    database.execute("CREATE SCHEMA " + schema);
    database.execute("GRANT USAGE ON SCHEMA " + schema + " TO " + role);
    for (String kind : List.of("TABLES", "SEQUENCES")) {
      database.execute(
          "ALTER DEFAULT PRIVILEGES IN SCHEMA " + schema + " GRANT ALL ON " + kind + " TO " + role);
    }
    database.execute("CREATE TABLE " + schema + ".deploys (event_id text, attempt integer)");
  }

  private WorkerConfig.Builder config() {
    return WorkerConfig.builder()
        .database(database.documented().settings().withTransactionalInbox(true))
        .blockTimeout(Duration.ofMillis(20))
        .shutdownTimeout(Duration.ofSeconds(3))
        .retryPolicy(
            RetryPolicy.defaults()
                .withMaxRetries(2)
                .withIntervals(Duration.ofMillis(20), Duration.ofMillis(20)));
  }

  private Worker worker(EventHandler handler) {
    return worker(config().build(), handler);
  }

  private Worker worker(WorkerConfig config, EventHandler handler) {
    return worker(config, memory, handler);
  }

  private Worker worker(WorkerConfig config, InMemoryModule queue, EventHandler handler) {
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new PostgresModule())
        .install(queue)
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
    run(config().build(), handler);
  }

  private void run(WorkerConfig config, EventHandler handler) throws Exception {
    try (Worker worker = worker(config, handler)) {
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

  /** Its marks are gone, and the key under which it hashed bodies. */
  @Test
  void anEventThatAQueueBringsAgainWhichHasLostEverythingIsNotRunAgain() throws Exception {
    run(
        (event, context) ->
            write(context.resource(Connection.class), event.eventId(), context.attempt()));
    InMemoryModule emptied = InMemoryModule.create();
    try (Worker again =
        worker(config().build(), emptied, (event, context) -> runs.incrementAndGet())) {
      again.start();
      emptied.publish("1", "push", "{}");
      await().until(() -> emptied.isIdle() && again.stats().held() == 0);
    }
    assertThat(runs).hasValue(0);
    assertEffectOnce("1");
  }

  static Stream<Throwable> whateverAHandlerThrows() throws ReflectiveOperationException {
    return ThrowableClasses.all();
  }

  @ParameterizedTest
  @MethodSource("whateverAHandlerThrows")
  void whateverAHandlerThrowsNothingOfItsRunIsKept(Throwable thrown) throws Exception {
    PostgresInbox inbox = openedInbox();
    assertThat(
            catchThrowable(
                () ->
                    inbox.run(
                        key("1", "1-0", null, "body"),
                        new HandlerWork(
                            resources -> {
                              write(resources.get(Connection.class), "1", 1);
                              throw ThrowableClasses.sneaky(thrown);
                            }))))
        .isSameAs(thrown);
    assertNothingIsKept();
  }

  private PostgresInbox openedInbox() throws Exception {
    try (PostgresEventStore store = database.store()) {
      store.open();
    }
    return new PostgresInbox(pool, new EventRows(pool), new PostgresDeadLetters(pool));
  }

  private static TransactionalInbox.Key key(
      String eventId, String entryId, @Nullable String tenantId, String body) {
    return new TransactionalInbox.Key(entryId, eventId, tenantId, body);
  }

  private interface Handling {
    void with(TransactionalInbox.Resources resources) throws Exception;
  }

  /** What the pipeline does in the transaction, with the row of the event that it names. */
  private record HandlerWork(String eventId, String entryId, Handling handling, boolean commits)
      implements TransactionalInbox.Work {

    HandlerWork(Handling handling) {
      this("1", "1-0", handling, true);
    }

    @Override
    public EventRecord run(TransactionalInbox.Resources resources) throws Exception {
      handling.with(resources);
      return TestDatabase.record(eventId, "{}", entryId, null);
    }

    @Override
    public Duration timeLimit() {
      return Duration.ofMinutes(1);
    }
  }

  private void assertNothingIsKept() throws SQLException {
    assertThat(database.column("SELECT attempt FROM " + database.schema() + "_app.deploys"))
        .isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_inbox")).isEmpty();
    assertThat(database.column("SELECT event_id FROM webhook_events")).isEmpty();
  }

  @Test
  void anEventWhoseHandlerThrewAnErrorIsRunAgainAndItsEffectIsThereOnce() throws Exception {
    run(
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          if (context.attempt() == 1) {
            throw new AssertionError("after the write");
          }
        });
    assertEffectOnce("2");
  }

  @Test
  void aRunThatNoLongerCountsIsRolledBack() throws Exception {
    PostgresInbox inbox = openedInbox();
    assertThat(
            catchThrowable(
                () ->
                    inbox.run(
                        key("1", "1-0", null, "body"),
                        new HandlerWork(
                            "1",
                            "1-0",
                            resources -> write(resources.get(Connection.class), "1", 1),
                            false))))
        .hasMessageContaining("no longer counts");
    assertNothingIsKept();
  }

  @Test
  void aHandlerThatWasGivenUpCommitsNothingLater() throws Exception {
    CountDownLatch givenUp = new CountDownLatch(1);
    CountDownLatch cameBack = new CountDownLatch(1);
    EventHandler deaf =
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          boolean waited = false;
          while (!waited) {
            try {
              waited = givenUp.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException ignored) {
              // As careless handlers do.
              waited = false;
            }
          }
          cameBack.countDown();
        };
    WorkerConfig config =
        config().processingTimeout(Duration.ofMillis(200)).retryPolicy(RetryPolicy.none()).build();
    try (Worker worker = worker(config, deaf)) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().atMost(Duration.ofSeconds(20)).until(() -> memory.deadLetters().size() == 1);
      givenUp.countDown();
      assertThat(cameBack.await(20, TimeUnit.SECONDS)).isTrue();
    }
    await()
        .until(
            () ->
                database
                    .column(
                        "SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
                    .isEmpty());
    assertNothingIsKept();
  }

  @Test
  void theRetryOfAHandlerThatWasGivenUpWaitsNeitherForItsRowNorForItsConnection() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    EventHandler deafAtFirst =
        (event, context) -> {
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          while (context.attempt() == 1 && over.getCount() > 0) {
            Thread.onSpinWait();
          }
        };
    WorkerConfig config = config().processingTimeout(Duration.ofMillis(800)).build();
    try (Worker worker = worker(config, deafAtFirst)) {
      worker.start();
      memory.publish("1", "push", "{}");
      await().atMost(Duration.ofSeconds(20)).until(() -> worker.stats().processed() == 1);
      assertEffectOnce("2");
      await()
          .until(
              () -> worker.connectionPools().stream().allMatch(figures -> figures.active() == 0));
      over.countDown();
      await().until(() -> worker.stats().stuckHandlers() == 0);
    } finally {
      over.countDown();
    }
    assertEffectOnce("2");
  }

  @Test
  void aHandlerCanNotEndTheWorkersTransaction() throws Exception {
    run(
        (event, context) -> {
          runs.incrementAndGet();
          Connection connection = context.resource(Connection.class);
          write(connection, event.eventId(), context.attempt());
          connection.commit();
        });
    assertThat(runs).hasValue(3);
    assertNothingIsKept();
    assertThat(memory.deadLetters().get(0).message()).contains("the worker ends this transaction");
  }

  @Test
  void anOutageUnderTheHandlersOwnStatementCostsNoAttempt() throws Exception {
    List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
    run(
        (event, context) -> {
          attempts.add(context.attempt());
          Connection connection = context.resource(Connection.class);
          if (attempts.size() == 1) {
            database.column("SELECT pg_terminate_backend(" + backendOf(connection) + ")");
          }
          write(connection, event.eventId(), context.attempt());
        });
    assertThat(attempts).containsExactly(1, 1);
    assertEffectOnce("1");
  }

  @Test
  void anotherDatabasesOutageIsTheHandlersFailure() throws Exception {
    run(
        (event, context) -> {
          runs.incrementAndGet();
          throw new IOException(new SQLException("another database is away", "08006"));
        });
    assertThat(runs).hasValue(3);
    assertThat(memory.deadLetters()).hasSize(1);
  }

  @Test
  void aHandlerThatIsSilentForLongerThanTheRolesTimeoutRunsOnce() throws Exception {
    String role = "hurried_" + database.schema();
    database.execute("CREATE ROLE " + role + " LOGIN SUPERUSER");
    database.execute("ALTER ROLE " + role + " SET idle_in_transaction_session_timeout = '200ms'");
    WorkerConfig config =
        config().database(database.settings(role).withTransactionalInbox(true)).build();
    run(
        config,
        (event, context) -> {
          runs.incrementAndGet();
          write(context.resource(Connection.class), event.eventId(), context.attempt());
          // Without a statement for longer than the role's sessions may be.
          new CountDownLatch(1).await(600, TimeUnit.MILLISECONDS);
        });
    assertThat(runs).hasValue(1);
    assertEffectOnce("1");
  }

  @Test
  void aHandlersOwnStatementMayTakeAsLongAsItsRun() throws Exception {
    PostgresInbox inbox = openedInbox();
    int[] limits = new int[2];
    inbox.run(
        key("1", "1-0", null, "body"),
        new HandlerWork(
            resources -> limits[0] = resources.get(Connection.class).getNetworkTimeout()));
    limits[1] = pool.<Integer, RuntimeException>use(Connection::getNetworkTimeout);
    assertThat(limits).containsExactly(60_000, 30_000);
  }

  @Test
  void oneIdOfTwoTenantsIsTwoEvents() throws Exception {
    PostgresInbox inbox = openedInbox();
    assertThat(inbox.run(key("1", "1-0", "acme", "body"), new HandlerWork(resources -> {})))
        .isTrue();
    assertThat(
            inbox.run(
                key("1", "1-1", "other", "body"),
                new HandlerWork("1", "1-1", resources -> {}, true)))
        .isTrue();
    assertThat(
            inbox.run(
                key("1", "2-0", "acme", "body"),
                new HandlerWork("1", "2-0", resources -> {}, true)))
        .as("the same event, whose mark was lost")
        .isFalse();
    assertThat(
            inbox.run(
                key("1", "3-0", "acme", "another body"),
                new HandlerWork("1", "3-0", resources -> {}, true)))
        .as("another event with the same id")
        .isTrue();
    assertThat(inbox.run(key("1", "1-0", "acme", "edited body"), new HandlerWork(resources -> {})))
        .as("the same entry")
        .isFalse();
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
