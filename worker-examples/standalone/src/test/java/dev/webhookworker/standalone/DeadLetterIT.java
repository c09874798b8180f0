package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.BulkRetryPlan;
import dev.webhookworker.BulkRetryProgress;
import dev.webhookworker.DatabaseSettings;
import dev.webhookworker.DeadLetterFilter;
import dev.webhookworker.DeadLetterGroup;
import dev.webhookworker.DeadLetterStatus;
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
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadLetterIT {

  private static final int EVENTS = 1_000;
  private static final int SOME = 200;
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
      BED.publish("late", EVENTS / 2, "{}");
      TestBed.pass(Duration.ofSeconds(2));
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

  @Test
  void killingTheWorkerThatLooksAfterDeadLettersLosesAndDoublesNothing() throws Exception {
    Path mended = BED.folder().resolve("mended");
    String[] settings = {
      "WORKER_MAX_RETRIES=0", "WORKER_DLQ_LEASE=1s", "WORKER_DLQ_DRAIN_INTERVAL=100ms"
    };
    WorkerProcess first = BED.worker("first", settings).awaitConsuming();
    await().until(() -> first.log().stream().anyMatch(line -> line.contains("Looks after dead")));
    WorkerProcess second = BED.worker("second", settings).awaitConsuming();
    BED.publish("push", SOME, "{\"sleep\":3,\"then\":\"fail_until\",\"file\":\"" + mended + "\"}");
    await().atMost(LIMIT).until(() -> BED.deadLetters() > SOME / 4);
    first.kill();
    awaitRows("pending", SOME);
    assertThat(BED.deadLetters()).isEqualTo(SOME);
    assertThat(second.log()).anyMatch(line -> line.contains("Looks after dead"));

    Files.createFile(mended);
    try (Worker operator = builder().build()) {
      BulkRetryPlan half = FAST.withCap(SOME / 2);
      BulkRetryProgress interrupted =
          operator.deadLetters().retryAll(DeadLetterFilter.OPEN, half, "ann", ignored -> {});
      assertThat(interrupted.sent()).isEqualTo(SOME / 2);
      second.kill();
      BED.worker("third", settings).awaitConsuming();
      operator
          .deadLetters()
          .retryAll(
              DeadLetterFilter.OPEN.withStatuses(Set.of(DeadLetterStatus.PENDING)),
              FAST.resuming(interrupted.startedAt()),
              "ann",
              ignored -> {});
    }
    awaitRows("resolved", SOME);
    await().atMost(LIMIT).until(() -> BED.deadLetters() == 0);
    BED.awaitSettled(Duration.ofSeconds(10));
    BED.assertStoredOnce(SOME);
    assertThat(rows("count(*)")).containsExactly(Integer.toString(SOME));
  }
}
