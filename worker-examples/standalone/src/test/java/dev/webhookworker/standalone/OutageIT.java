package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("servers")
class OutageIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  @Test
  void consumingGoesOnByItselfAfterRedisWasKilledAndTheLogStaysQuietMeanwhile() {
    WorkerProcess worker = BED.worker("redis-killed").awaitConsuming();
    BED.publish("push", 3_000, "{\"sleep\":3}");
    BED.awaitStored(500, Duration.ofSeconds(10));
    int linesBefore = worker.log().size();
    BED.redis().kill();
    Duration outage = Duration.ofSeconds(6);
    TestBed.pass(outage);
    assertThat(worker.log().size() - linesBefore)
        .as("log lines in the outage")
        .isBetween(1, (int) outage.toSeconds());
    BED.redis().restart();
    BED.awaitStored(3_000, Duration.ofSeconds(20));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(3_000);
    assertThat(BED.deadLetters()).isZero();
    CrashIT.assertNoneRanTwice(worker.steps());
  }

  @Test
  void nothingIsLostOrDoneTwiceWhileRedisHangsForLongerThanTheVisibilityTimeout() {
    WorkerProcess one = BED.worker("one", "REDIS_TIMEOUT=1s").awaitConsuming();
    WorkerProcess two = BED.worker("two", "REDIS_TIMEOUT=1s").awaitConsuming();
    BED.publish("push", 4_000, "{\"sleep\":3}");
    BED.awaitStored(500, Duration.ofSeconds(10));
    BED.redis().freeze();
    TestBed.pass(TestBed.VISIBILITY.multipliedBy(3));
    BED.redis().thaw();
    BED.awaitStored(4_000, Duration.ofSeconds(20));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(4_000);
    assertThat(BED.deadLetters()).isZero();
    assertThat(one.steps()).allMatch(step -> step.attempt() == 1);
    assertThat(two.steps()).allMatch(step -> step.attempt() == 1);
  }

  @Test
  void consumingGoesOnByItselfAfterFlushAll() {
    WorkerProcess worker = BED.worker("flushed").awaitConsuming();
    BED.publish("before", 2_000, "{\"sleep\":3}");
    BED.awaitStored(300, Duration.ofSeconds(10));
    BED.onRedis(client -> client.flushAll());
    BED.publish("after", 1_000, "{\"sleep\":1}");
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(
                        BED.column(
                            "SELECT count(*) || ' of ' || count(DISTINCT event_id)"
                                + " FROM worker.webhook_events WHERE event_type = 'after'"))
                    .containsExactly("1000 of 1000"));
    BED.awaitSettled(Duration.ofSeconds(5));
    // What had been received before the flush is finished as well.
    assertThat(BED.stored()).isEqualTo(CrashIT.begun(worker).size());
    assertThat(BED.deadLetters()).isZero();
  }

  @Test
  void nothingIsLostAndNoAttemptUsedUpWhilePostgresIsDown() {
    WorkerProcess worker = BED.worker("database-down").awaitConsuming();
    BED.publish("push", 3_000, "{\"sleep\":3}");
    BED.awaitStored(300, Duration.ofSeconds(10));
    BED.postgres().stop();
    TestBed.pass(Duration.ofSeconds(30));
    BED.postgres().restart();
    assertAllWentWellAtTheFirstAttempt(worker);
  }

  @Test
  void nothingIsLostAndNoAttemptUsedUpWhilePostgresHangs() {
    WorkerProcess worker = BED.worker("database-hangs").awaitConsuming();
    BED.publish("push", 3_000, "{\"sleep\":3}");
    BED.awaitStored(300, Duration.ofSeconds(10));
    BED.postgres().freeze();
    TestBed.pass(Duration.ofSeconds(10));
    BED.postgres().thaw();
    assertAllWentWellAtTheFirstAttempt(worker);
  }

  private static void assertAllWentWellAtTheFirstAttempt(WorkerProcess worker) {
    BED.awaitStored(3_000, Duration.ofSeconds(30));
    BED.awaitSettled(Duration.ofSeconds(10));
    BED.assertStoredOnce(3_000);
    assertThat(BED.deadLetters()).isZero();
    assertThat(BED.column("SELECT DISTINCT attempt FROM worker.webhook_events"))
        .containsExactly("1");
    assertThat(worker.steps()).allMatch(step -> step.attempt() == 1);
    CrashIT.assertNoneRanTwice(worker.steps());
  }

  @Test
  void nothingIsLostAndNothingStoredTwiceWhenTheGroupIsDestroyedUnderLoad() {
    BED.worker("one").awaitConsuming();
    BED.worker("two").awaitConsuming();
    for (int round = 1; round <= 5; round++) {
      BED.publish("round" + round, 1_000, "{\"sleep\":2}");
      BED.awaitStored(round * 1_000 - 700, Duration.ofSeconds(20));
      BED.destroyGroup();
    }
    BED.awaitStored(5_000, Duration.ofSeconds(20));
    BED.awaitSettled(Duration.ofSeconds(10));
    BED.assertStoredOnce(5_000);
    assertThat(BED.deadLetters()).isZero();
  }
}
