package dev.webhookworker.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.redis.RedisModule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadGroupParams;

/** The command names the cause of each trouble, and ends with 3. */
class DoctorIT {

  private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  private static EmbeddedRedis redis;
  private static EmbeddedPostgresServer postgres;
  private static RedisClient jedis;

  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    redis = EmbeddedRedis.start();
    postgres = EmbeddedPostgresServer.start();
    jedis = RedisClient.create("127.0.0.1", redis.port());
  }

  @AfterAll
  static void stop() {
    jedis.close();
    postgres.close();
    redis.close();
  }

  @BeforeEach
  void surroundings() {
    jedis.flushAll();
    environment.put("REDIS_ADDR", redis.address());
    environment.put("DATABASE_HOST", postgres.host());
    environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
    environment.put("DATABASE_NAME", postgres.database());
    environment.put("DATABASE_USER", postgres.user());
    environment.put("HEALTH_ENDPOINT", "off");
  }

  private int run(String... arguments) {
    PrintWriter writer = new PrintWriter(out);
    return CommandLineTool.run(environment, writer, writer, arguments);
  }

  /** Makes stream, group and schema. */
  private void startAWorkerOnce() throws Exception {
    try (Worker worker =
        Worker.builder()
            .config(WorkerConfig.fromEnvironment(environment))
            .discovery(false)
            .install(new RedisModule())
            .install(new PostgresModule())
            .build()) {
      worker.start();
      org.awaitility.Awaitility.await()
          .until(
              () ->
                  jedis.exists("webhook_events")
                      && worker.health().status().name().equals("HEALTHY"));
    }
  }

  private static void sql(String statement) throws Exception {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement execute = connection.createStatement()) {
      execute.execute(statement);
    }
  }

  @Test
  void allIsWellWhereAWorkerHasRun() throws Exception {
    startAWorkerOnce();
    assertThat(run("doctor")).as(out::toString).isEqualTo(ExitCode.OK);
    assertThat(run("audit", "verify", "--json")).isEqualTo(ExitCode.OK);
    assertThat(run("tools", "list")).isEqualTo(ExitCode.OK);
    assertThat(run("keys", "rotate")).as("without a key").isEqualTo(ExitCode.FAILED);
    assertThat(run("events", "erase")).as("without a condition").isEqualTo(ExitCode.USAGE);
    assertThat(run("no-such-command")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void auditRowsThatNobodySeals() throws Exception {
    // Of its own: a row of the audit log stays.
    environment.put("DATABASE_SCHEMA", "unsealed");
    startAWorkerOnce();
    String other = "0".repeat(64);
    assertThat(run("audit", "verify", "--head", "no-head")).isEqualTo(ExitCode.USAGE);
    assertThat(run("audit", "verify", "--head", other)).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("head_unknown", "The log never had that head");
    sql(
        "INSERT INTO unsealed.webhook_audit_log"
            + " (received_at, at, entry_id, event_id, action, attempt, actor) VALUES"
            + " (now(), now() - interval '2 hours', '', 'forgotten', 'resolved', 0, 'alice')");
    assertThat(run("audit", "verify")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("not_sealed", "Nothing was ever sealed.");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("nothing sealed since the beginning");
  }

  @Test
  void redisUnreachable() {
    environment.put("REDIS_ADDR", "127.0.0.1:1");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("Redis is unreachable").contains("REDIS_ADDR");
  }

  @Test
  void wrongPassword() {
    try (EmbeddedRedis guarded = EmbeddedRedis.start("--requirepass", "right")) {
      environment.put("REDIS_ADDR", guarded.address());
      environment.put("REDIS_PASSWORD", "wrong-one");
      assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    }
    assertThat(out.toString()).contains("wrong password").contains("REDIS_PASSWORD");
    assertThat(out.toString()).doesNotContain("wrong-one");
  }

  @Test
  void noGroup() {
    jedis.xadd("webhook_events", StreamEntryID.NEW_ENTRY, Map.of("event_id", "1"));
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("has no group 'webhook_workers'");
  }

  @Test
  void entriesAbandonedByADeadConsumer() throws Exception {
    jedis.xgroupCreate("webhook_events", "webhook_workers", new StreamEntryID("0-0"), true);
    jedis.xadd("webhook_events", StreamEntryID.NEW_ENTRY, Map.of("event_id", "1"));
    jedis.xreadGroup(
        "webhook_workers",
        "gone-7",
        XReadGroupParams.xReadGroupParams().count(1),
        Map.of("webhook_events", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("1 entries are abandoned by the dead consumer 'gone-7'");
  }

  @Test
  void schemaTooOld() throws Exception {
    startAWorkerOnce();
    environment.put("DATABASE_SCHEMA", "old");
    startAWorkerOnce();
    sql(
        "DELETE FROM old.webhook_schema_history WHERE installed_rank ="
            + " (SELECT max(installed_rank) FROM old.webhook_schema_history)");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("the schema 'old' is too old: version ");
  }

  @Test
  void roleWithoutRights() throws Exception {
    startAWorkerOnce();
    sql("CREATE ROLE rightless LOGIN");
    sql("GRANT USAGE ON SCHEMA worker TO rightless");
    sql("GRANT SELECT ON ALL TABLES IN SCHEMA worker TO rightless");
    environment.put("DATABASE_USER", "rightless");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString())
        .contains("the role lacks rights: INSERT on webhook_events")
        .contains("GRANT");
  }

  @Test
  void toolDisabledWithEventsWaiting() throws Exception {
    startAWorkerOnce();
    sql("INSERT INTO worker.webhook_tools (id, tool_name) VALUES ('off', 'off')");
    assertThat(run("tools", "disable", "off", "--actor", "alice")).isEqualTo(ExitCode.OK);
    jedis.xadd(
        "webhook_events",
        StreamEntryID.NEW_ENTRY,
        Map.of("event_id", "1", "metadata", "{\"tool_id\":\"off\"}"));
    assertThat(run("doctor", "--json")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("the tool 'off' is disabled and 1 of its events wait");
    sql("DELETE FROM worker.webhook_tools");
  }

  @Test
  void encryptionKeyMissing() throws Exception {
    startAWorkerOnce();
    environment.put("WORKER_ENCRYPT_FIELDS", "/mail");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("encryption key missing: WORKER_ENCRYPT_FIELDS");
    environment.put("WORKER_ENCRYPTION_KEYS", "new:" + KEY);
    sql(
        "INSERT INTO worker.webhook_events (event_id, received_at, entry_id, event_type, tool_id,"
            + " payload, correlation_id, attempt, processed_at, worker) VALUES ('1', now(), '1-0',"
            + " 'push', 'default', '{\"mail\":\"enc:v1:old:AAAA\"}', 'c', 1, now(), 'w')");
    assertThat(run("doctor")).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("encrypted with [old]");
    sql("DELETE FROM worker.webhook_events");
  }
}
