package dev.webhookworker.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.EventFilter;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.ReplayPlan;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.redis.RedisModule;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamGroupInfo;

/** One pair on a stream and a database of its own; its first worker reaches both by proxies. */
final class Situation implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration VISIBILITY = Duration.ofMillis(1500);
  private static final Duration OUTAGE = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration AT_LAST = Duration.ofSeconds(40);
  private static final String AFTERWARDS = "afterwards";

  private final Pair pair;
  private final Proxy toRedis;
  private final Proxy toPostgres;
  private final int redisPort;
  private final int postgresPort;
  private final RedisClient redis;
  private final Database database;
  private final Destination destination;
  private final StruckHandler handler;
  private final Worker first;
  private final List<Worker> living = new ArrayList<>();
  private volatile boolean released;
  private int published;

  private Situation(Pair pair, EmbeddedRedis redisServer, EmbeddedPostgresServer postgres)
      throws IOException, SQLException {
    this.pair = pair;
    redisPort = redisServer.port();
    postgresPort = postgres.port();
    toRedis = new Proxy(redisPort);
    toPostgres = new Proxy(postgresPort);
    redis = RedisClient.create("127.0.0.1", redisPort);
    database = new Database(postgres, pair.key());
    destination = new Destination();
    handler = new StruckHandler(pair, pair.inbox());
    first = worker("first", toRedis.port(), toPostgres.port());
    living.add(first);
  }

  /** What is wrong, empty when nothing is. */
  static String run(Pair pair, EmbeddedRedis redis, EmbeddedPostgresServer postgres)
      throws Exception {
    try (Situation situation = new Situation(pair, redis, postgres)) {
      situation.run();
      return "";
    } catch (AssertionError | ConditionTimeoutException wrong) {
      return String.valueOf(wrong.getMessage());
    }
  }

  private Worker worker(String name, int redisAt, int postgresAt) {
    return Worker.builder()
        .discovery(false)
        .config(
            WorkerConfig.builder()
                .streamName(pair.key())
                .idempotencyPrefix(pair.key() + ":id:")
                .consumerName(name)
                .redis(
                    RedisSettings.parse("127.0.0.1:" + redisAt)
                        .withTimeout(Duration.ofSeconds(1))
                        .withPoolSize(6))
                .database(database.settings(postgresAt, pair.inbox()))
                .visibilityTimeout(VISIBILITY)
                .blockTimeout(Duration.ofMillis(20))
                .maintenanceInterval(Duration.ofMillis(500))
                .shutdownTimeout(Duration.ofSeconds(1))
                .processingTimeout(Duration.ofSeconds(20))
                .maxConcurrent(4)
                .retryPolicy(
                    RetryPolicy.defaults()
                        .withIntervals(Duration.ofMillis(50), Duration.ofMillis(200)))
                .dlq(
                    DlqSettings.DEFAULTS.withIntervals(
                        Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1)))
                .forwarding(ForwardSettings.DEFAULTS.withAllow(List.of("127.0.0.1")))
                .build())
        .install(new RedisModule())
        .install(new PostgresModule())
        .toolConfigExtractor(
            event ->
                Optional.of(
                    ToolConfigs.fromJson(
                        JSON.readTree(pair.feature().tool(destination.url(), released)))))
        .processor("*", handler)
        .build();
  }

  private void run() throws Exception {
    first.start();
    await("the first worker consumes").atMost(SOON).until(() -> isHealthy(first));
    publish(Feature.FIRST);
    leadUp();
    awaitTheMiddle();
    // Not before: the guard would let a newer version go first, and none would wait for another.
    pair.feature().later().forEach(this::publish);
    publish(Feature.DOOMED);
    befall();
    released = true;
    publish(AFTERWARDS);
    if (pair.fault() == Fault.GIVEN_UP) {
      await("all but the hanging handler's run is settled")
          .atMost(AT_LAST)
          .untilAsserted(this::assertEachEndedOnce);
    }
    handler.goOn();
    await("rest").atMost(AT_LAST).untilAsserted(this::assertEachEndedOnce);
    await("rest").atMost(SOON).untilAsserted(this::assertNothingIsLeft);
    // What comes late must not change it any more.
    assertEachEndedOnce();
  }

  private void publish(String id) {
    published++;
    // Of the struck event's resource it might be stale, and then it would not be run.
    int resource = id.equals(Feature.DOOMED) ? 2 : 1;
    boolean struck = id.equals(Feature.FIRST) && pair.fault() == Fault.GIVEN_UP;
    redis.xadd(
        pair.key(),
        XAddParams.xAddParams(),
        Map.of(
            "event_id",
            id,
            "event_type",
            struck ? "struck" : "push",
            "payload",
            "{\"resource\": " + resource + ", \"version\": " + published + "}",
            "metadata",
            "{\"tool_id\": \"t\"}"));
  }

  /** What comes before the run that is struck. */
  private void leadUp() {
    if (pair.feature() == Feature.DEAD_LETTER_RETRY) {
      await("a dead letter").atMost(SOON).until(() -> openDeadLetters().size() == 1);
      assertThat(first.deadLetters().retry(openDeadLetters().get(0), "operator").name())
          .isEqualTo("DONE");
    }
    if (pair.feature() == Feature.REPLAY) {
      await("a stored event").atMost(SOON).until(() -> stored().size() == 1);
      await("a replay")
          .atMost(SOON)
          .until(
              () ->
                  first
                          .events()
                          .replayAll(
                              EventFilter.ALL.withEventId(Feature.FIRST),
                              new ReplayPlan(Feature.REPLAY_NAME, 1, 100),
                              "operator",
                              count -> {})
                      == 1);
    }
  }

  private void awaitTheMiddle() {
    if (pair.feature() == Feature.PAUSED_TOOL) {
      await("the event is parked")
          .atMost(SOON)
          .until(() -> redis.zcard(pair.key() + "_retry") == 1 && first.stats().held() == 0);
    } else {
      await("the handler has begun").atMost(SOON).until(handler::hasBegun);
    }
  }

  /** The fault, from its beginning to its end. */
  private void befall() throws IOException {
    switch (pair.fault()) {
      case ERROR, GIVEN_UP -> {
        // The handler sees to it.
      }
      case FROZEN -> {
        toRedis.blackhole();
        toPostgres.blackhole();
        startAnother();
        pass(VISIBILITY.multipliedBy(2));
        toRedis.heal();
        toPostgres.heal();
      }
      case REDIS_OUTAGE -> away(toRedis);
      case POSTGRES_OUTAGE -> away(toPostgres);
      case LOST_GROUP -> redis.xgroupDestroy(pair.key(), "webhook_workers");
      case CRASH -> {
        toRedis.cut();
        toPostgres.cut();
        living.remove(first);
        startAnother();
      }
    }
  }

  private void away(Proxy server) {
    server.cut();
    handler.goOn();
    pass(OUTAGE);
    server.heal();
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plus(SOON)).until(() -> true);
  }

  private void startAnother() throws IOException {
    Worker another = worker("another", redisPort, postgresPort);
    living.add(another);
    another.start();
  }

  private List<String> openDeadLetters() {
    return first.deadLetters().list(DeadLetterFilter.OPEN, null, 10).items().stream()
        .map(letter -> letter.id())
        .toList();
  }

  private List<String> stored() throws SQLException {
    return database.column("SELECT event_id FROM worker.webhook_events").stream()
        .map(Feature::withoutEntry)
        .toList();
  }

  private List<String> expected() {
    List<String> all = new ArrayList<>(List.of(Feature.FIRST));
    all.addAll(pair.feature().later());
    if (!all.contains(pair.feature().struck())) {
      all.add(pair.feature().struck());
    }
    all.add(AFTERWARDS);
    return all;
  }

  private void assertEachEndedOnce() throws SQLException {
    assertThat(stored()).as("stored").containsExactlyInAnyOrderElementsOf(expected());
    assertThat(redis.xrange(pair.key() + "_dlq", "-", "+"))
        .as("open dead letters")
        .extracting(letter -> letter.getFields().get("event_id"))
        .containsExactly(Feature.DOOMED);
    // A time is in milliseconds, and two runs may end in one: those are in the order of their
    // entries.
    List<String> processed =
        database.column(
            "SELECT e.event_id FROM worker.webhook_events e WHERE NOT EXISTS (SELECT 1 FROM"
                + " worker.webhook_audit_log a WHERE a.entry_id = e.entry_id AND a.action ="
                + " 'stale') ORDER BY processed_at, entry_id");
    if (pair.inbox()) {
      assertThat(database.column("SELECT event_id FROM effects WHERE finished"))
          .as("effects of what was processed")
          .containsExactlyInAnyOrderElementsOf(processed);
      assertThat(database.column("SELECT event_id FROM effects WHERE NOT finished"))
          .as("halves of effects")
          .isEmpty();
    }
    switch (pair.feature()) {
      case ORDERED_DESTINATION ->
          assertThat(destination.firstArrivals()).as("arrivals").isEqualTo(expected());
      case ORDER_GUARD ->
          assertThat(processed)
              .as("order of versions")
              .isEqualTo(expected().stream().filter(processed::contains).toList());
      default -> assertThat(processed).as("processed").hasSameSizeAs(expected());
    }
    if (!pair.fault().isTheHandlers()) {
      assertThat(database.column("SELECT DISTINCT attempt FROM worker.webhook_events"))
          .as("attempts used")
          .containsExactly("1");
    }
  }

  private void assertNothingIsLeft() throws SQLException {
    StreamGroupInfo group = redis.xinfoGroups(pair.key()).get(0);
    assertThat(group.getLastDeliveredId())
        .as("delivered")
        .isEqualTo(redis.xinfoStream(pair.key()).getLastGeneratedId());
    assertThat(group.getPending()).as("pending").isZero();
    assertThat(redis.zcard(pair.key() + "_retry")).as("retries").isZero();
    assertThat(redis.hgetAll(pair.key() + "_retry_data")).as("retry data").isEmpty();
    assertThat(database.openTransactions()).as("open transactions").isEmpty();
    for (Worker worker : living) {
      assertThat(worker.stats().held()).as("held").isZero();
      assertThat(worker.stats().stuckHandlers()).as("stuck handlers").isZero();
      assertThat(worker.health().components().values())
          .as("health")
          .allMatch(component -> component.status() == HealthStatus.HEALTHY);
    }
  }

  private static boolean isHealthy(Worker worker) {
    return worker.health().status() == HealthStatus.HEALTHY;
  }

  @Override
  public void close() {
    handler.goOn();
    toRedis.cut();
    toPostgres.cut();
    first.close();
    living.forEach(Worker::close);
    toRedis.close();
    toPostgres.close();
    destination.close();
    redis.close();
  }
}
