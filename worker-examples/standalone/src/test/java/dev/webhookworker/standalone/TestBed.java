package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamGroupInfo;

/**
 * A Redis and a PostgreSQL for a test class, both empty before each test, and the worker processes
 * of a test. The processes' logs stay in {@code target/worker-logs}.
 */
final class TestBed
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  static final Duration VISIBILITY = Duration.ofSeconds(2);

  private static final String STREAM = "webhook_events";
  private static final String GROUP = "webhook_workers";

  private final List<WorkerProcess> workers = new ArrayList<>();
  private EmbeddedRedis redis;
  private EmbeddedPostgresServer postgres;
  private Path folder;

  @Override
  public void beforeAll(ExtensionContext context) {
    // A killed Redis has what it has acknowledged: what is lost is the worker's fault.
    redis = EmbeddedRedis.start("--appendfsync", "always");
    postgres = EmbeddedPostgresServer.start();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    onRedis(RedisClient::flushAll);
    run("DROP SCHEMA IF EXISTS worker CASCADE");
    folder =
        Path.of(
                "target",
                "worker-logs",
                context.getRequiredTestClass().getSimpleName(),
                context.getRequiredTestMethod().getName())
            .toAbsolutePath();
    if (Files.exists(folder)) {
      try (var old = Files.list(folder)) {
        old.forEach(file -> file.toFile().delete());
      }
    }
    Files.createDirectories(folder);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    workers.forEach(WorkerProcess::close);
    workers.clear();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    postgres.close();
    redis.close();
  }

  EmbeddedRedis redis() {
    return redis;
  }

  EmbeddedPostgresServer postgres() {
    return postgres;
  }

  Path folder() {
    return folder;
  }

  /** A worker with {@link RecordingProcessor}; settings as {@code NAME=value}. */
  WorkerProcess worker(String name, String... settings) {
    return keep(WorkerProcess.recording(environment(name, settings), folder, name));
  }

  /** Another process under a name that is in use: with a log of its own. */
  WorkerProcess namesake(String name, String logName) {
    return keep(WorkerProcess.recording(environment(name), folder, logName));
  }

  /** The jar alone: events are stored, and that is all. */
  WorkerProcess plainWorker(String name, String... settings) {
    return keep(WorkerProcess.jar(environment(name, settings), folder, name));
  }

  /** A command of the jar, under the settings that a worker of this name would have. */
  WorkerProcess command(String name, List<String> settings, String... arguments) {
    return keep(
        WorkerProcess.command(
            environment(name, settings.toArray(String[]::new)), folder, name, arguments));
  }

  private WorkerProcess keep(WorkerProcess worker) {
    workers.add(worker);
    return worker;
  }

  private Map<String, String> environment(String name, String... settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("WORKER_CONSUMER_NAME", name);
    environment.put("REDIS_ADDR", redis.address());
    environment.put("DATABASE_HOST", postgres.host());
    environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
    environment.put("DATABASE_NAME", postgres.database());
    environment.put("DATABASE_USER", postgres.user());
    environment.put("HEALTH_ENDPOINT", "off");
    environment.put("WORKER_VISIBILITY_TIMEOUT", VISIBILITY.toSeconds() + "s");
    environment.put("WORKER_SHUTDOWN_TIMEOUT", "5s");
    environment.put("WORKER_BLOCK_TIMEOUT", "100ms");
    environment.put("WORKER_MAINTENANCE_INTERVAL", "500ms");
    environment.put("WORKER_RETRY_INITIAL_INTERVAL", "200ms");
    environment.put("WORKER_RETRY_MAX_INTERVAL", "500ms");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      environment.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return environment;
  }

  <T> T onRedis(Function<RedisClient, T> work) {
    try (RedisClient client = RedisClient.create(postgres.host(), redis.port())) {
      return work.apply(client);
    }
  }

  /** Publishes events {@code <prefix>-0 …} by plain XADD; the payload is the handler's script. */
  void publish(String prefix, int count, String payload) {
    publish(
        IntStream.range(0, count)
            .mapToObj(
                i -> Map.of("event_id", prefix + "-" + i, "event_type", prefix, "payload", payload))
            .toList());
  }

  void publish(List<Map<String, String>> entries) {
    onRedis(
        client -> {
          try (Pipeline pipeline = client.pipelined()) {
            entries.forEach(entry -> pipeline.xadd(STREAM, entry, XAddParams.xAddParams()));
          }
          return entries.size();
        });
  }

  void destroyGroup() {
    onRedis(client -> client.xgroupDestroy(STREAM, GROUP));
  }

  long pending() {
    return onRedis(client -> client.xpending(STREAM, GROUP).getTotal());
  }

  long deadLetters() {
    return onRedis(client -> client.xlen("webhook_events_dlq"));
  }

  List<Map<String, String>> deadLetterFields() {
    return onRedis(
        client ->
            client.xrange("webhook_events_dlq", "-", "+").stream()
                .map(entry -> entry.getFields())
                .toList());
  }

  /** Lets time pass in which nothing has to happen. */
  static void pass(Duration time) {
    await().atMost(time.plusSeconds(10)).pollDelay(time).until(() -> true);
  }

  /** Waits until the group has everything, nothing is pending and no retry waits. */
  void awaitSettled(Duration limit) {
    await("settled")
        .atMost(limit)
        .untilAsserted(
            () ->
                onRedis(
                    client -> {
                      StreamGroupInfo group = client.xinfoGroups(STREAM).get(0);
                      assertThat(client.xinfoStream(STREAM).getLastGeneratedId())
                          .isEqualTo(group.getLastDeliveredId());
                      assertThat(group.getPending()).as("pending").isZero();
                      assertThat(client.zcard("webhook_events_retry")).as("retries").isZero();
                      return group;
                    }));
  }

  void awaitStored(long atLeast, Duration limit) {
    await("stored")
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(stored()).isGreaterThanOrEqualTo(atLeast));
  }

  long stored() {
    List<String> table = column("SELECT to_regclass('worker.webhook_events')");
    return table.get(0) == null
        ? 0
        : Long.parseLong(column("SELECT count(*) FROM worker.webhook_events").get(0));
  }

  /** Every event is there and none twice. */
  void assertStoredOnce(long events) {
    assertThat(
            column(
                "SELECT count(*) || ' rows of ' || count(DISTINCT event_id) || ' events'"
                    + " FROM worker.webhook_events"))
        .containsExactly(events + " rows of " + events + " events");
  }

  /** Event ids that the worker of this name has stored. */
  List<String> storedBy(String name) {
    return column("SELECT event_id FROM worker.webhook_events WHERE worker = '" + name + "'");
  }

  /** First column of a query's rows. */
  List<String> column(String query) {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException failed) {
      throw new IllegalStateException(query, failed);
    }
  }

  /** A transaction that keeps everybody else from writing to a table. */
  Connection locked(String table) throws SQLException {
    Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
    }
    return connection;
  }

  void awaitWaitingForLocks() {
    await("somebody waits for a lock")
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !column("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                    .isEmpty());
  }

  /** What is sent meanwhile is not carried out, and never will be if its sender dies. */
  void pauseWritesToRedis() {
    try (Jedis jedis = new Jedis(postgres.host(), redis.port())) {
      jedis.clientPause(60_000, ClientPauseMode.WRITE);
    }
  }

  void resumeWritesToRedis() {
    try (Jedis jedis = new Jedis(postgres.host(), redis.port())) {
      jedis.clientUnpause();
    }
  }

  private void run(String sql) {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }
}
