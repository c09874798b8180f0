package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DlqSettings;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.StoryLine;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.redis.RedisModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("servers")
class DeadLetterIT {

  private static final int EVENTS = 1_000;
  private static final int SOME = 200;

  /** Published once the outage was noticed. */
  private static final int UNFETCHED = 100;

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final BulkRetryPlan FAST = BulkRetryPlan.CAREFUL.withPerSecond(100_000);

  @RegisterExtension private static final TestBed BED = new TestBed();

  private final AtomicBoolean broken = new AtomicBoolean(true);
  private final AtomicInteger processed = new AtomicInteger();

  private static WorkerBuilder builder() {
    DatabaseSettings database =
        DatabaseSettings.of(
            BED.postgres().host(),
            BED.postgres().port(),
            BED.postgres().database(),
            BED.postgres().user(),
            null);
    WorkerConfig config =
        WorkerConfig.builder()
            .consumerName("in-process")
            .redis(BED.redis().address())
            .database(database)
            .blockTimeout(Duration.ofMillis(50))
            .visibilityTimeout(TestBed.VISIBILITY)
            .dlq(
                DlqSettings.DEFAULTS.withIntervals(
                    Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofMinutes(1)))
            .build();
    return Worker.builder()
        .discovery(false)
        .config(config)
        .install(new RedisModule())
        .install(new PostgresModule());
  }

  private Worker worker() {
    return builder()
        .processor(
            "*",
            (event, context) -> {
              if (broken.get()) {
                throw new NonRetryableException("no such customer");
              }
              processed.incrementAndGet();
            })
        .build();
  }

  private static List<String> rows(String what) {
    return BED.column("SELECT " + what + " FROM worker.webhook_dlq");
  }

  private static void awaitRows(String status, int count) {
    await(status)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        BED.column(
                            "SELECT count(*) FROM worker.webhook_dlq WHERE status = '"
                                + status
                                + "'"))
                    .containsExactly(Integer.toString(count)));
  }

  @Test
  void whatDiesWhilePostgresIsAwayIsInTheTableOnceItIsBackAndIsResolvedByARetry() throws Exception {
    try (Worker worker = worker()) {
      worker.start();
      BED.publish("push", EVENTS / 2, "{}");
      await().atMost(LIMIT).until(() -> BED.deadLetters() > 100);
      BED.postgres().stop();
      BED.publish("late", EVENTS / 2 - UNFETCHED, "{}");
      awaitOutageNoticedAndNothingInFlight(worker);
      long moved = BED.deadLetters();
      BED.publish("later", UNFETCHED, "{}");
      TestBed.pass(Duration.ofSeconds(15));
      assertThat(BED.deadLetters()).as("fetching pauses").isEqualTo(moved);
      BED.postgres().restart();

      awaitRows("pending", EVENTS);
      assertThat(rows("count(DISTINCT event_id)")).containsExactly(Integer.toString(EVENTS));
      assertThat(BED.deadLetters()).isEqualTo(EVENTS);
      List<DeadLetterGroup> groups = worker.deadLetters().groups(DeadLetterFilter.OPEN, 10);
      assertThat(groups).extracting(DeadLetterGroup::count).containsExactly((long) EVENTS);

      BulkRetryProgress tooEarly =
          worker.deadLetters().retryAll(DeadLetterFilter.OPEN, FAST, "ann", ignored -> {});
      assertThat(tooEarly.state()).isEqualTo(BulkRetryProgress.State.CANARY_FAILED);
      awaitRows("pending", EVENTS);
      broken.set(false);
      BulkRetryProgress mended =
          worker.deadLetters().retryAll(DeadLetterFilter.OPEN, FAST, "ann", ignored -> {});
      assertThat(mended.state()).isEqualTo(BulkRetryProgress.State.COMPLETE);

      awaitRows("resolved", EVENTS);
      await().atMost(LIMIT).until(() -> BED.deadLetters() == 0);
      BED.awaitSettled(Duration.ofSeconds(5));
      BED.assertStoredOnce(EVENTS);
      assertThat(processed).hasValue(EVENTS);
      assertThat(worker.events().story("late-7"))
          .extracting(StoryLine::action)
          .containsSubsequence("dlq_retry", "processed", "dlq_resolved");
      assertThat(worker.deadLetters().count(DeadLetterFilter.OPEN)).isZero();
      long indexed = BED.onRedis(client -> client.hlen("webhook_events_dlq_open"));
      assertThat(indexed).isZero();
    }
  }

  private static void awaitOutageNoticedAndNothingInFlight(Worker worker) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                worker.health().components().get("worker").message().startsWith("not consuming")
                    && worker.stats().held() == 0);
  }

  private static final String[] SETTINGS = {
    "WORKER_MAX_RETRIES=0", "WORKER_DLQ_LEASE=1s", "WORKER_DLQ_DRAIN_INTERVAL=100ms"
  };

  @Test
  void killingWhoeverIsAtItAtEachStepLosesAndDoublesNothing() throws Exception {
    Path mended = BED.folder().resolve("mended");
    String script = "\"then\":\"fail_until\",\"file\":\"" + mended + "\"}";
    WorkerProcess first = BED.worker("first", SETTINGS).awaitConsuming();
    await().until(() -> first.log().stream().anyMatch(line -> line.contains("Looks after dead")));
    WorkerProcess second = BED.worker("second", SETTINGS).awaitConsuming();

    // The rows are written, and not committed.
    try (Connection lock = BED.locked("worker.webhook_dlq")) {
      BED.publish("push", SOME, "{\"sleep\":3," + script);
      BED.publish("slow", 1, "{\"sleep\":1500," + script);
      await().atMost(LIMIT).until(() -> BED.deadLetters() == SOME + 1);
      BED.awaitWaitingForLocks();
      first.kill();
      lock.rollback();
    }
    awaitRows("pending", SOME + 1);
    assertThat(BED.deadLetters()).isEqualTo(SOME + 1);
    assertThat(second.log()).anyMatch(line -> line.contains("Looks after dead"));

    // Committed, and nobody knows: who takes over writes all of it again.
    second.kill();
    WorkerProcess third = BED.worker("third", SETTINGS).awaitConsuming();
    await().until(() -> third.log().stream().anyMatch(line -> line.contains("Looks after dead")));
    assertThat(rows("count(*)")).containsExactly(Integer.toString(SOME + 1));

    // Retried by filter: some are put back and not marked, what they did is not stored.
    Files.createFile(mended);
    String[] retry = {"dlq", "retry", "--type", "push", "--per-second", "100000", "--yes"};
    try (Connection lock = BED.locked("worker.webhook_dlq")) {
      WorkerProcess operator = BED.command("operator", List.of(), retry);
      await().atMost(LIMIT).until(() -> third.steps().stream().filter(Step::begins).count() > 0);
      BED.awaitWaitingForLocks();
      operator.kill();
      third.kill();
      lock.rollback();
    }
    assertThat(BED.stored()).as("nothing was stored").isZero();
    WorkerProcess fourth = BED.worker("fourth", SETTINGS).awaitConsuming();
    assertThat(BED.command("operator-again", List.of(), retry).awaitExit(LIMIT)).isZero();
    awaitRows("resolved", SOME);

    // Stored and resolved, and still in the DLQ stream: whoever comes next does not run it again.
    try (Worker operator = builder().build()) {
      String slow =
          BED.column("SELECT entry_id FROM worker.webhook_dlq WHERE status = 'pending'").get(0);
      operator.deadLetters().retry(slow, "ann");
    }
    await().atMost(LIMIT).until(() -> fourth.steps().stream().anyMatch(DeadLetterIT::beginsSlow));
    BED.pauseWritesToRedis();
    awaitRows("resolved", SOME + 1);
    fourth.kill();
    BED.resumeWritesToRedis();
    assertThat(BED.deadLetters()).isEqualTo(1);
    WorkerProcess fifth = BED.worker("fifth", SETTINGS);
    await().atMost(LIMIT).until(() -> BED.deadLetters() == 0);
    BED.awaitSettled(Duration.ofSeconds(10));
    assertThat(fifth.steps()).isEmpty();

    BED.assertStoredOnce(SOME + 1);
    assertThat(rows("count(*)")).containsExactly(Integer.toString(SOME + 1));
    for (String action : List.of("processed", "dlq_resolved")) {
      assertThat(audited(action)).as(action).isEqualTo((SOME + 1) + " of " + (SOME + 1));
    }
    // One that was put back before a crash may have a line too many, never one too few.
    assertThat(audited("dlq_retry")).endsWith(" of " + (SOME + 1));
  }

  private static boolean beginsSlow(Step step) {
    return step.begins() && step.eventId().startsWith("slow");
  }

  private static String audited(String action) {
    return BED.column(
            "SELECT count(*) || ' of ' || count(DISTINCT event_id) FROM worker.webhook_audit_log"
                + " WHERE action = '"
                + action
                + "'")
        .get(0);
  }
}
