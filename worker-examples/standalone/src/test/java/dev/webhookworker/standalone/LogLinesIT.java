package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a process says: one line for each outcome, and two for an outage. */
@Tag("servers")
class LogLinesIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static Map<String, String> event(String id, String payload) {
    return Map.of(
        "event_id",
        id,
        "event_type",
        "push",
        "payload",
        payload,
        "metadata",
        "{\"correlation_id\":\"cause-of-" + id + "\"}");
  }

  @Test
  void eachOutcomeIsOneLineAtTheLevelThatFitsAndNamesItsCause() {
    WorkerProcess worker =
        BED.worker("outcomes", "LOG_LEVEL=debug", "WORKER_MAX_RETRIES=1").awaitConsuming();
    BED.publish(List.of(event("fine", "{}"), event("failing", "{\"then\":\"fail\"}")));
    BED.awaitStored(1, Duration.ofSeconds(10));
    BED.awaitSettled(Duration.ofSeconds(10));
    BED.publish(List.of(event("fine", "{}")));
    worker.awaitLine("Duplicate acknowledged");
    worker.awaitLine("Became a dead letter");
    List<String> lines = outcomes(worker);
    assertThat(lines)
        .allMatch(line -> line.matches(".*correlation_id=\"?cause-of-(fine|failing).*"));
    assertThat(lines.stream().map(LogLinesIT::inShort))
        .containsExactlyInAnyOrder(
            "DEBUG Processed: fine",
            "INFO Attempt failed; retry scheduled: failing",
            "WARN Became a dead letter: failing",
            "DEBUG Duplicate acknowledged: fine");
  }

  private static String inShort(String line) {
    return line.replaceFirst(
        "^\\S+ (\\w+) +outcome: (.*?) entry_id=.* event_id=\"(\\w+)\".*", "$1 $2: $3");
  }

  private static List<String> outcomes(WorkerProcess worker) {
    return worker.log().stream().filter(line -> line.contains(" outcome: ")).toList();
  }

  @Test
  void anOutageIsOneLineWhenItBeginsAndOneWhenItEnds() {
    WorkerProcess worker = BED.worker("outages").awaitConsuming();
    BED.publish("push", 500, "{\"sleep\":2}");
    BED.awaitStored(50, Duration.ofSeconds(10));
    int before = worker.log().size();
    BED.redis().kill();
    TestBed.pass(Duration.ofSeconds(3));
    BED.redis().restart();
    BED.awaitStored(500, Duration.ofSeconds(20));
    assertSaidOnce(worker, before, "event stream");

    int between = worker.log().size();
    BED.postgres().stop();
    BED.publish("later", 50, "{}");
    TestBed.pass(Duration.ofSeconds(3));
    BED.postgres().restart();
    BED.awaitStored(550, Duration.ofSeconds(20));
    assertSaidOnce(worker, between, "event store");
  }

  private static void assertSaidOnce(WorkerProcess worker, int from, String service) {
    await()
        .untilAsserted(
            () ->
                assertThat(worker.log().subList(from, worker.log().size()))
                    .anyMatch(line -> line.contains(" is back ")));
    List<String> lines = worker.log().subList(from, worker.log().size());
    assertThat(lines)
        .filteredOn(line -> line.contains("Outage: "))
        .as("%s", lines)
        .satisfiesExactly(
            lost -> assertThat(lost).contains(" WARN ", "Lost the ", service),
            back -> assertThat(back).contains(" INFO ", " is back ", service));
    // Others may say once what follows for them, and each event has its own line.
    assertThat(
            lines.stream()
                .filter(line -> !line.contains(" outcome: "))
                .map(line -> line.replaceFirst("^\\S+ (.*?: [^=]*) \\w+=.*", "$1")))
        .doesNotHaveDuplicates();
  }
}
