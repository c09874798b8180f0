package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each of the five alerts with a real worker in the condition that it is for: what {@code /metrics}
 * says is handed to promtool, a scrape for each minute, and the rule of worker-examples/deploy has
 * to fire, and not before.
 */
@Tag("servers")
@EnabledIf(
    value = "isPromtoolThere",
    disabledReason = "promtool is not installed (Debian's package prometheus has it)")
class AlertRehearsalIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final Path RULES =
      Path.of("..", "deploy", "monitoring", "alerts.yaml").toAbsolutePath().normalize();

  /** A rule's own five minutes, and those that its rates look back. */
  private static final int SCRAPES = 12;

  private final Endpoints endpoints = new Endpoints();
  private final ScrapedMinutes minutes = new ScrapedMinutes();
  @TempDir private Path folder;

  static boolean isPromtoolThere() {
    return promtool().isPresent();
  }

  private static Optional<Path> promtool() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void start(String name, String... settings) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = endpoints.setting();
    BED.worker(name, all).awaitConsuming();
    await().until(() -> scrape().series().containsKey("webhook_dlq_open"));
    for (int quiet = 0; quiet < SCRAPES + 5; quiet++) {
      minutes.add(scrape());
    }
  }

  private Scraped scrape() {
    return Scraped.from(endpoints);
  }

  private void scrapeWhenever(Predicate<Scraped> condition) {
    await()
        .atMost(Duration.ofSeconds(50))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> condition.test(scrape()));
    minutes.add(scrape());
  }

  private void assertFires(String alert) throws IOException, InterruptedException {
    Path test = Files.writeString(folder.resolve("rehearsal.yaml"), minutes.test(RULES, alert));
    Process process =
        new ProcessBuilder(promtool().orElseThrow().toString(), "test", "rules", test.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  @Test
  void aBurstOfErrors() throws Exception {
    start("errors", "WORKER_MAX_RETRIES=1");
    for (int minute = 1; minute <= SCRAPES; minute++) {
      BED.publish("push" + minute, 18, "{}");
      BED.publish("fail" + minute, 2, "{\"then\":\"fail\"}");
      int dead = 2 * minute;
      scrapeWhenever(now -> now.sum("webhook_dlq_entries_total") == dead);
    }
    assertFires("WebhookErrorRateHigh");
  }

  @Test
  void aBacklog() throws Exception {
    start("backlog", "WORKER_MAX_CONCURRENT=1");
    BED.publish("slow", 1_500, "{\"sleep\":50}");
    for (int minute = 1; minute <= SCRAPES; minute++) {
      scrapeWhenever(now -> now.sum("webhook_queue_depth") > 1_000);
    }
    assertFires("WebhookQueueDepthHigh");
  }

  @Test
  void deadLettersThatBecomeMore() throws Exception {
    start("dead");
    BED.publish("broken", 20, "{\"a\":");
    for (int minute = 1; minute <= SCRAPES; minute++) {
      scrapeWhenever(now -> now.sum("webhook_dlq_open") == 20);
    }
    assertFires("WebhookDlqGrowing");
  }

  @Test
  void aHandlerThatLeaks() throws Exception {
    // One generation for almost everything, so that the heap can be filled to nine tenths.
    start("memory", "JAVA_TOOL_OPTIONS=-XX:NewRatio=20");
    double heap = scrape().sum("webhook_memory_limit_bytes");
    int chunk = 1 << 20;
    int chunks = (int) (heap * 0.82 / chunk) - 8;
    BED.publish("leak", chunks, "{\"then\":\"hold\",\"bytes\":" + chunk + "}");
    for (int minute = 1; minute <= SCRAPES; minute++) {
      scrapeWhenever(now -> now.sum("webhook_memory_live_bytes") > heap * 0.8);
    }
    assertFires("WebhookMemoryHigh");
  }

  @Test
  void handlersThatTakeLongerThanHalfAMinute() throws Exception {
    start("slow", "WORKER_MAX_CONCURRENT=24");
    for (int event = 0; event < 2 * SCRAPES; event++) {
      BED.publish("slow" + event, 1, "{\"sleep\":" + (30_500 + event / 2 * 150) + "}");
    }
    for (int minute = 1; minute <= SCRAPES; minute++) {
      int done = 2 * minute;
      scrapeWhenever(now -> now.sum("webhook_event_processing_duration_seconds_count") >= done);
    }
    assertFires("WebhookProcessingSlow");
  }
}
