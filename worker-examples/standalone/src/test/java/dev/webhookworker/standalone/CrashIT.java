package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CrashIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  @Test
  void killingOneOfTwoWorkersLosesNothingAndRepeatsOnlyWhatWasInFlight() {
    WorkerProcess killed = BED.worker("killed").awaitConsuming();
    WorkerProcess other = BED.worker("other").awaitConsuming();
    BED.publish("push", 10_000, "{\"sleep\":3}");
    BED.awaitStored(3_000, Duration.ofSeconds(20));
    killed.kill();
    BED.awaitStored(10_000, TestBed.VISIBILITY.plusSeconds(12));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(10_000);
    assertThat(BED.deadLetters()).isZero();
    Set<String> storedBeforeTheKill = Set.copyOf(BED.storedBy("killed"));
    Set<String> inFlight = begun(killed);
    inFlight.removeAll(storedBeforeTheKill);
    Set<String> repeated = begun(killed);
    repeated.retainAll(begun(other));
    assertThat(storedBeforeTheKill).as("the killed worker had its share").hasSizeGreaterThan(500);
    assertThat(inFlight).containsAll(repeated);
    // Ten handlers, and what the group commit had not stored yet.
    assertThat(inFlight).hasSizeLessThan(200);
    assertNoneRanTwice(killed.steps());
    assertNoneRanTwice(other.steps());
  }

  @Test
  void aFrozenWorkerThatWakesUpChangesNothingThatOthersDidSince() {
    WorkerProcess frozen = BED.worker("frozen").awaitConsuming();
    BED.publish("long", 3, "{\"sleep\":6000}");
    BED.publish("short", 3, "{\"sleep\":1000}");
    await().until(() -> begun(frozen).size() == 6);
    frozen.freeze();
    WorkerProcess other = BED.worker("other").awaitConsuming();
    await().atMost(Duration.ofSeconds(6)).until(() -> begun(other).size() == 6);
    BED.awaitStored(3, Duration.ofSeconds(5));
    frozen.thaw();
    BED.awaitStored(6, Duration.ofSeconds(15));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(6);
    assertThat(BED.storedBy("other")).hasSize(6);
    assertThat(BED.deadLetters()).isZero();
    assertThat(idsOf("interrupted", frozen))
        .containsExactlyInAnyOrder("long-0", "long-1", "long-2");
    assertThat(idsOf("end", frozen)).doesNotContain("long-0", "long-1", "long-2");
    assertThat(frozen.log()).anyMatch(line -> line.contains("was lost to another worker"));
    assertThat(other.steps()).allMatch(step -> step.attempt() == 1);
  }

  @Test
  void aWorkerFrozenUnderLoadLosesAndDoublesNothing() {
    WorkerProcess frozen = BED.worker("frozen").awaitConsuming();
    WorkerProcess other = BED.worker("other").awaitConsuming();
    BED.publish("push", 6_000, "{\"sleep\":5}");
    BED.awaitStored(1_000, Duration.ofSeconds(10));
    frozen.freeze();
    TestBed.pass(TestBed.VISIBILITY.multipliedBy(2));
    frozen.thaw();
    BED.awaitStored(6_000, Duration.ofSeconds(30));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(6_000);
    assertThat(BED.deadLetters()).isZero();
    assertThat(other.steps()).allMatch(step -> step.attempt() == 1);
    assertNoneRanTwice(other.steps());
    // Back at work after the freeze.
    BED.publish("later", 200, "{\"sleep\":20}");
    BED.awaitStored(6_200, Duration.ofSeconds(10));
    assertThat(BED.storedBy("frozen")).anyMatch(id -> id.startsWith("later"));
  }

  @Test
  void anEventThatKillsItsWorkerEndsAsPoisonAndTakesNoOtherWithIt() {
    BED.publish("before", 100, "{\"sleep\":5}");
    BED.publish("halt", 1, "{\"sleep\":20,\"then\":\"halt\"}");
    BED.publish("after", 100, "{\"sleep\":5}");
    int crashes = 0;
    WorkerProcess worker = BED.worker("crashing");
    while (BED.deadLetters() == 0) {
      if (!worker.isAlive()) {
        assertThat(worker.awaitExit(Duration.ZERO)).isEqualTo(137);
        crashes++;
        assertThat(crashes).as("crashes").isLessThanOrEqualTo(5);
        worker = BED.worker("crashing");
      }
      TestBed.pass(Duration.ofMillis(50));
    }
    BED.awaitStored(200, Duration.ofSeconds(10));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(200);
    assertThat(BED.deadLetterFields())
        .singleElement()
        .satisfies(
            dead -> {
              assertThat(dead).containsEntry("event_id", "halt-0");
              assertThat(dead.get("dead_letter")).contains("poison");
            });
    assertThat(crashes).isEqualTo(5);
  }

  @Test
  void entriesThatNoWorkerHasTheMemoryForAreDeadLettersAndTakeNoOtherWithThem() {
    // As in the image.
    String dies = "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError";
    String huge = "x".repeat(160 * 1024 * 1024);
    BED.publish("before", 50, "{}");
    BED.publish("huge", 1, huge);
    BED.publish("between", 50, "{}");
    BED.publish("huger", 1, huge);
    BED.publish("after", 50, "{}");
    int deaths = 0;
    WorkerProcess worker = BED.worker("small", dies);
    while (BED.deadLetters() < 2 || BED.stored() < 150) {
      if (!worker.isAlive()) {
        deaths++;
        assertThat(deaths).as("deaths").isLessThanOrEqualTo(1);
        worker = BED.worker("small", dies);
      }
      TestBed.pass(Duration.ofMillis(50));
    }
    BED.awaitSettled(Duration.ofSeconds(10));

    BED.assertStoredOnce(150);
    assertThat(BED.deadLetterFields())
        .extracting(dead -> dead.get("event_id"))
        .containsExactlyInAnyOrder("huge-0", "huger-0");
    assertThat(BED.deadLetterFields())
        .allMatch(dead -> dead.get("dead_letter").contains("more than an event can have"));
  }

  @Test
  void twoProcessesOfOneNameLoseAndDoubleNothingAndTheLogSaysWhatToChange() {
    WorkerProcess first = BED.worker("same").awaitConsuming();
    WorkerProcess second = BED.namesake("same", "same-again").awaitConsuming();
    assertThat(second.log())
        .anyMatch(line -> line.contains("WARN") && line.contains("WORKER_CONSUMER_NAME"));
    BED.publish("push", 3_000, "{\"sleep\":2}");
    BED.awaitStored(3_000, Duration.ofSeconds(20));
    BED.awaitSettled(Duration.ofSeconds(5));

    BED.assertStoredOnce(3_000);
    List<Step> all = new ArrayList<>(first.steps());
    all.addAll(second.steps());
    assertNoneRanTwice(all);
    assertThat(begun(second)).as("both work").isNotEmpty();
  }

  @Test
  void aRestartedWorkerTakesItsOwnPendingEntriesBackAtOnce() {
    Duration visibility = Duration.ofSeconds(60);
    String setting = "WORKER_VISIBILITY_TIMEOUT=" + visibility.toSeconds() + "s";
    WorkerProcess worker = BED.worker("restarted", setting).awaitConsuming();
    BED.publish("push", 2_000, "{\"sleep\":5}");
    BED.awaitStored(500, Duration.ofSeconds(10));
    worker.kill();
    assertThat(BED.pending()).isPositive();
    BED.worker("restarted", setting);
    BED.awaitStored(2_000, Duration.ofSeconds(15));
    BED.awaitSettled(Duration.ofSeconds(5));
    BED.assertStoredOnce(2_000);
  }

  static Set<String> begun(WorkerProcess worker) {
    return worker.steps().stream()
        .filter(Step::begins)
        .map(Step::eventId)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<String> idsOf(String step, WorkerProcess worker) {
    return worker.steps().stream()
        .filter(one -> one.name().equals(step))
        .map(Step::eventId)
        .toList();
  }

  static void assertNoneRanTwice(List<Step> steps) {
    Map<String, Long> runs =
        steps.stream()
            .filter(Step::begins)
            .collect(Collectors.groupingBy(Step::eventId, Collectors.counting()));
    assertThat(runs.entrySet()).allMatch(run -> run.getValue() == 1);
  }
}
