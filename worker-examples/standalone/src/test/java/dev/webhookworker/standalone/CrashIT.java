package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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

  static Set<String> begun(WorkerProcess worker) {
    return worker.steps().stream()
        .filter(Step::begins)
        .map(Step::eventId)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void assertNoneRanTwice(List<Step> steps) {
    Map<String, Long> runs =
        steps.stream()
            .filter(Step::begins)
            .collect(Collectors.groupingBy(Step::eventId, Collectors.counting()));
    assertThat(runs.entrySet()).allMatch(run -> run.getValue() == 1);
  }
}
