package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Slow and failing handlers beside others. */
class LoadIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  @Test
  void handlersLongerThanTheVisibilityTimeoutAreNotRunTwice() {
    WorkerProcess one = BED.worker("one").awaitConsuming();
    WorkerProcess two = BED.worker("two").awaitConsuming();
    BED.publish("slow", 30, "{\"sleep\":" + TestBed.VISIBILITY.multipliedBy(2).toMillis() + "}");
    BED.awaitStored(30, Duration.ofSeconds(30));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(30);
    List<Step> all = new ArrayList<>(one.steps());
    all.addAll(two.steps());
    CrashIT.assertNoneRanTwice(all);
    assertThat(all).noneMatch(step -> step.name().equals("interrupted"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aBacklogOfLargePayloadsFitsIntoAContainerOf256Mebibytes() {
    // Small ones first: they teach the worker to fetch many at once.
    BED.publish("usual", 5_000, "{\"text\":\"" + "x".repeat(3_000) + "\"}");
    BED.publish("large", 200, "{\"text\":\"" + "x".repeat(900_000) + "\"}");
    WorkerProcess worker = BED.plainWorker("small").awaitConsuming();
    BED.awaitStored(5_200, Duration.ofSeconds(40));
    BED.awaitSettled(Duration.ofSeconds(5));
    assertThat(worker.peakMemory()).isLessThan(256L << 20);
    assertThat(worker.log()).noneMatch(line -> line.contains("OutOfMemoryError"));
    assertThat(BED.deadLetters()).isZero();
  }

  @Test
  void aThousandFailingEventsDelayNoOthers() {
    BED.worker("failing", "WORKER_MAX_RETRIES=3").awaitConsuming();
    BED.publish("fail", 1_000, "{\"then\":\"fail\"}");
    await().until(() -> BED.onRedis(client -> client.zcard("webhook_events_retry")) > 100);
    long start = System.nanoTime();
    BED.publish("push", 200, "{\"sleep\":1}");
    BED.awaitStored(200, Duration.ofSeconds(5));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(BED.deadLetters()).isEqualTo(1_000));
    BED.awaitSettled(Duration.ofSeconds(5));
    BED.assertStoredOnce(200);
  }
}
