package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the process starts and ends. */
class LifeCycleIT {

  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  @RegisterExtension private static final TestBed BED = new TestBed();

  @Test
  void onSigtermWhatWasNotStartedIsTakenByTheOtherReplicaWithinTwoSeconds() {
    String patient = "WORKER_VISIBILITY_TIMEOUT=60s";
    WorkerProcess ending = BED.worker("ending", patient).awaitConsuming();
    WorkerProcess other = BED.worker("other", patient).awaitConsuming();
    // Frozen until its blocking read is over, so that the first worker gets the events.
    other.freeze();
    TestBed.pass(Duration.ofMillis(300));
    BED.publish("push", 20, "{\"sleep\":2500}");
    await().until(() -> CrashIT.begun(ending).size() == 10 && BED.pending() > 12);
    other.thaw();
    ending.terminate();
    await().atMost(Duration.ofSeconds(2)).until(() -> CrashIT.begun(other).size() == 10);

    assertThat(ending.awaitExit(SHUTDOWN)).isZero();
    BED.awaitStored(20, Duration.ofSeconds(10));
    BED.awaitSettled(SHUTDOWN);
    BED.assertStoredOnce(20);
    assertThat(Set.copyOf(BED.storedBy("ending"))).isEqualTo(CrashIT.begun(ending));
    List<Step> all = new ArrayList<>(ending.steps());
    all.addAll(other.steps());
    CrashIT.assertNoneRanTwice(all);
  }

  @Test
  void onSigtermUnderLoadTheProcessEndsInTimeWithZeroAndNothingRunsTwice() {
    WorkerProcess ending = BED.worker("ending").awaitConsuming();
    WorkerProcess other = BED.worker("other").awaitConsuming();
    BED.publish("push", 5_000, "{\"sleep\":5}");
    BED.awaitStored(1_000, Duration.ofSeconds(10));
    ending.terminate();
    assertThat(ending.awaitExit(SHUTDOWN)).isZero();
    assertThat(ending.log()).last().asString().contains("Closed");
    BED.awaitStored(5_000, Duration.ofSeconds(20));
    BED.awaitSettled(SHUTDOWN);

    BED.assertStoredOnce(5_000);
    List<Step> all = new ArrayList<>(ending.steps());
    all.addAll(other.steps());
    CrashIT.assertNoneRanTwice(all);
  }

  @Test
  void onSigtermTheProcessEndsInTimeWhileTheDatabaseHangs() {
    WorkerProcess worker = BED.worker("hanging").awaitConsuming();
    BED.publish("push", 2_000, "{\"sleep\":3}");
    BED.awaitStored(200, Duration.ofSeconds(10));
    BED.postgres().freeze();
    endsInTime(worker);
    BED.postgres().thaw();
    assertAnotherOneFinishes(2_000);
  }

  @Test
  void onSigtermTheProcessEndsInTimeWhileRedisHangs() {
    WorkerProcess worker = BED.worker("hanging").awaitConsuming();
    BED.publish("push", 2_000, "{\"sleep\":3}");
    BED.awaitStored(200, Duration.ofSeconds(10));
    BED.redis().freeze();
    endsInTime(worker);
    BED.redis().thaw();
    assertAnotherOneFinishes(2_000);
  }

  private static void endsInTime(WorkerProcess worker) {
    TestBed.pass(Duration.ofMillis(300));
    worker.terminate();
    // A second more for the connections that can't be closed in order.
    worker.awaitExit(SHUTDOWN.plusMillis(1500));
  }

  private static void assertAnotherOneFinishes(int events) {
    BED.worker("another").awaitConsuming();
    BED.awaitStored(events, Duration.ofSeconds(20));
    BED.awaitSettled(SHUTDOWN);
    BED.assertStoredOnce(events);
    assertThat(BED.deadLetters()).isZero();
  }

  @Test
  void aWorkerThatStartsBeforeItsServicesWaitsSaysSoAndThenConsumes() {
    BED.redis().kill();
    BED.postgres().stop();
    WorkerProcess worker = BED.worker("early");
    worker.awaitLine("service=\"event store\"");
    BED.postgres().restart();
    worker.awaitLine("service=\"event stream\"");
    BED.redis().restart();
    worker.awaitConsuming();
    BED.publish("push", 10, "{}");
    BED.awaitStored(10, Duration.ofSeconds(10));
  }

  @Test
  void sigtermEndsAWorkerThatStillWaitsForItsServices() {
    WorkerProcess worker =
        BED.worker("waiting", "REDIS_ADDR=127.0.0.1:1").awaitLine("service=\"event stream\"");
    worker.terminate();
    assertThat(worker.awaitExit(SHUTDOWN)).isZero();
  }

  @Test
  void aWrongConfigurationIsExplainedInFullAndEndsWithTwo() {
    WorkerProcess worker =
        BED.plainWorker(
            "wrong",
            "WORKER_BATCH_SIZE=0",
            "WORKER_VISIBILITY_TIMEOUT=soon",
            "REDIS_ADDR=redis://:hunter2@[nowhere",
            "LOG_FORMAT=xml");
    assertThat(worker.awaitExit(Duration.ofSeconds(10))).isEqualTo(2);
    assertThat(worker.log())
        .anyMatch(line -> line.contains("WORKER_BATCH_SIZE"))
        .anyMatch(line -> line.contains("WORKER_VISIBILITY_TIMEOUT") && line.contains("soon"))
        .anyMatch(line -> line.contains("REDIS_ADDR"))
        .anyMatch(line -> line.contains("LOG_FORMAT"))
        .noneMatch(line -> line.contains("hunter2"))
        .noneMatch(line -> line.startsWith("\tat "));
  }
}
