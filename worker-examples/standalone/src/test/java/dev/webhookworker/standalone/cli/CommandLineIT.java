package dev.webhookworker.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.NonRetryableException;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.redis.RedisModule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;

/** What operators do to dead letters and events, on real servers, beside a worker that runs. */
class CommandLineIT {

  private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  private static final String SECRET = "dora@example.org";
  private static final Pattern ENTRY = Pattern.compile("\\d{13}-\\d+");

  private static EmbeddedRedis redis;
  private static EmbeddedPostgresServer postgres;
  private static RedisClient jedis;

  private final Map<String, String> environment = new HashMap<>();
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private volatile boolean broken = true;
  private Worker worker;

  @TempDir private Path folder;

  @BeforeAll
  static void startServers() {
    redis = EmbeddedRedis.start();
    postgres = EmbeddedPostgresServer.start();
    jedis = RedisClient.create("127.0.0.1", redis.port());
  }

  @AfterAll
  static void stopServers() {
    jedis.close();
    postgres.close();
    redis.close();
  }

  @BeforeEach
  void startAWorker() throws Exception {
    jedis.flushAll();
    environment.put("REDIS_ADDR", redis.address());
    environment.put("DATABASE_HOST", postgres.host());
    environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
    environment.put("DATABASE_NAME", postgres.database());
    environment.put("DATABASE_USER", postgres.user());
    environment.put("DATABASE_SCHEMA", "cli_" + System.nanoTime());
    environment.put("HEALTH_ENDPOINT", "off");
    environment.put("WORKER_VISIBILITY_TIMEOUT", "1s");
    environment.put("WORKER_BLOCK_TIMEOUT", "50ms");
    environment.put("WORKER_DLQ_DRAIN_INTERVAL", "50ms");
    environment.put("WORKER_ENCRYPT_FIELDS", "/mail");
    environment.put("WORKER_ENCRYPTION_KEYS", "k1:" + KEY);
    worker =
        Worker.builder()
            .config(WorkerConfig.fromEnvironment(environment))
            .discovery(false)
            .install(new RedisModule())
            .install(new PostgresModule())
            .processor(
                "*",
                (event, context) -> {
                  if (broken) {
                    throw new NonRetryableException(
                        "can't bill " + event.payload().path("mail").asText());
                  }
                  ran.add(event.eventId() + " " + event.rawPayload());
                })
            .build();
    worker.start();
  }

  @AfterEach
  void stopTheWorker() {
    worker.close();
  }

  private static void publish(String id) {
    jedis.xadd(
        "webhook_events",
        StreamEntryID.NEW_ENTRY,
        Map.of("event_id", id, "event_type", "order", "payload", "{\"mail\":\"" + SECRET + "\"}"));
  }

  /** Runs a command; its output, in which no encrypted value is in the clear unless asked for. */
  private String run(int exitCode, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int code = CommandLineTool.run(environment, writer, writer, arguments);
    assertThat(code).as(text::toString).isEqualTo(exitCode);
    if (!List.of(arguments).contains("--reveal")) {
      assertThat(text.toString()).doesNotContain(SECRET);
    }
    return text.toString();
  }

  private void awaitOutput(String part, String... arguments) {
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(run(ExitCode.OK, arguments)).contains(part));
  }

  private static String firstEntry(String output) {
    Matcher entry = ENTRY.matcher(output);
    assertThat(entry.find()).as(output).isTrue();
    return entry.group();
  }

  private static String dlqStream() {
    return jedis.xrange("webhook_events_dlq", "-", "+").toString();
  }

  @Test
  void deadLettersAreListedShownRetriedEditedAndDiscarded() throws Exception {
    publish("1");
    publish("2");
    publish("3");
    awaitOutput("\"pending\" : 3", "dlq", "stats", "--json");
    String list = run(ExitCode.OK, "dlq", "list", "--limit", "1");
    assertThat(list).contains("can't bill ***", "--cursor");
    String id = firstEntry(list);
    assertThat(run(ExitCode.OK, "dlq", "show", id)).contains("{\"mail\":\"***\"}");
    assertThat(run(ExitCode.OK, "dlq", "show", id, "--reveal")).contains(SECRET);
    assertThat(run(ExitCode.FOUND, "dlq", "show", "1-1")).contains("'1-1'", "dlq list");
    assertThat(run(ExitCode.FOUND, "events", "show", "none")).contains("Nothing is known");
    assertThat(run(ExitCode.OK, "tools", "put", "--help")).contains("--version=N");
    assertThat(dlqStream()).contains("enc:v2:k1:").doesNotContain(SECRET);

    assertThat(run(ExitCode.OK, "dlq", "discard", id, "--reason", "a test")).contains("done");
    run(ExitCode.FOUND, "dlq", "discard", id, "--reason", "a test");
    run(ExitCode.USAGE, "dlq", "discard", id);
    assertThat(run(ExitCode.OK, "dlq", "retry")).contains("matched", "2", "--yes");
    assertThat(run(ExitCode.FOUND, "dlq", "retry", "--yes", "--canary")).contains("canary_failed");
    awaitOutput("\"pending\" : 2", "dlq", "stats", "--json");

    broken = false;
    Path edited = Files.writeString(folder.resolve("payload.json"), "{\"mail\":\"***\",\"n\":2}");
    String first = firstEntry(run(ExitCode.OK, "dlq", "list", "--json"));
    run(ExitCode.USAGE, "dlq", "retry", first, "--payload", edited.toString());
    run(ExitCode.OK, "dlq", "retry", first, "--payload", edited.toString(), "--reason", "typo");
    assertThat(run(ExitCode.OK, "dlq", "retry", "--yes", "--actor", "ann")).contains("complete");
    awaitOutput("\"resolved\" : 2", "dlq", "stats", "--json");
    assertThat(ran)
        .hasSize(2)
        .anyMatch(run -> run.endsWith(" {\"mail\":\"" + SECRET + "\",\"n\":2}"))
        .anyMatch(run -> run.endsWith(" {\"mail\":\"" + SECRET + "\"}"));
  }

  @Test
  void eventsAreShownReplayedAndErasedInBothStores() {
    broken = false;
    publish("1");
    awaitOutput("processed", "events", "show", "1");
    assertThat(run(ExitCode.OK, "events", "search")).contains("order");
    assertThat(run(ExitCode.OK, "events", "show", "1", "--json")).contains("***");
    assertThat(run(ExitCode.OK, "events", "show", "1", "--reveal")).contains(SECRET);
    assertThat(run(ExitCode.OK, "events", "replay", "--run", "bug-17")).contains("matched");
    assertThat(run(ExitCode.OK, "events", "replay", "--run", "bug-17", "--yes"))
        .contains("published");
    awaitOutput("1~bug-17~", "events", "search");

    broken = true;
    publish("2");
    awaitOutput("\"pending\" : 1", "dlq", "stats", "--json");
    String[] erase = {"events", "erase", "--subject", "/mail=" + SECRET, "--json"};
    assertThat(run(ExitCode.OK, erase)).contains("\"matched\" : 3");
    String[] confirmed = {"events", "erase", "--subject", "/mail=" + SECRET, "--json", "--yes"};
    assertThat(run(ExitCode.OK, confirmed))
        .contains("\"events\" : 2", "\"dead_letters\" : 1", "\"queued\" : 1", "\"marks\" : 2");
    assertThat(dlqStream()).isEqualTo("[]");
    assertThat(jedis.hlen("webhook_events_dlq_open")).isZero();
    assertThat(jedis.keys("webhook:idempotency:*")).isEmpty();
    assertThat(run(ExitCode.OK, "events", "show", "2", "--json"))
        .contains("erased", "\"stored\" : [ ]");
  }

  @Test
  void lostEventsAreFoundAndScheduledAgainWhereTheirEntryIsThere() {
    broken = false;
    publish("done");
    awaitOutput("processed", "events", "show", "done");
    assertThat(run(ExitCode.OK, "events", "reconcile")).doesNotContain("done");
    // As after a failover that kept marks and acknowledgements: nobody has run these.
    worker.close();
    publish("kept");
    publish("trimmed");
    List<StreamEntryID> entries =
        jedis.xrevrange("webhook_events", "+", "-", 2).stream().map(e -> e.getID()).toList();
    jedis.xgroupSetID("webhook_events", "webhook_workers", entries.get(0));
    jedis.set("webhook:idempotency:trimmed", entries.get(0) + ":hash");
    jedis.set("webhook:idempotency:kept", entries.get(1) + ":hash");
    jedis.xdel("webhook_events", entries.get(0));
    await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);

    String found = run(ExitCode.FOUND, "events", "reconcile");
    assertThat(found).contains("kept", "recoverable", "trimmed", "data_gone");
    assertThat(jedis.zcard("webhook_events_retry")).isZero();
    assertThat(run(ExitCode.FOUND, "events", "reconcile", "--apply")).contains("requeued");
    assertThat(jedis.zcard("webhook_events_retry")).isEqualTo(1);
    assertThat(run(ExitCode.FOUND, "events", "reconcile")).doesNotContain("kept");
  }

  @Test
  void theJarRunsACommandAndEndsWithItsCode() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            Path.of("target", "worker-standalone.jar").toString(),
            "dlq",
            "show",
            "1-1");
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(ExitCode.FOUND);
    assertThat(output).isEmpty();
  }
}
