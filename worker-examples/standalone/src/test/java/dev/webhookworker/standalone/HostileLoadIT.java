package dev.webhookworker.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.standalone.HostileInputs.Entry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.XAddParams;

/**
 * A worker of 256 MiB under hostile requests and entries of all kinds, with tools that use every
 * feature. {@code -Dworker.hostile=100000} sends more of them; how an ordinary tool's events fare
 * meanwhile is printed.
 */
@Tag("servers")
class HostileLoadIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final int HOSTILE = Integer.getInteger("worker.hostile", 3_000);
  private static final long SEED = Long.getLong("worker.hostile.seed", 1);
  private static final int A_TURN = 50;
  private static final int ORDINARY_ALONE = 200;
  private static final Duration BETWEEN_TURNS = Duration.ofMillis(25);
  private static final int REQUESTS_AT_ONCE = 64;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random(SEED);
  private final Semaphore atOnce = new Semaphore(REQUESTS_AT_ONCE);
  private final Set<Integer> answers = new ConcurrentSkipListSet<>();
  private final AtomicInteger unanswered = new AtomicInteger();

  @Test
  void aSmallWorkerSurvivesHostileInputOfAllKindsAndGoesOnWithTheRest(@TempDir Path folder)
      throws Exception {
    Path schemas = Files.createDirectories(folder.resolve("schemas"));
    Path schema = Files.writeString(schemas.resolve("strict.json"), HostileInputs.SCHEMA);
    Path tools =
        Files.writeString(
            folder.resolve("tools.json"), HostileInputs.TOOLS.formatted(schema.toUri()));
    Endpoints endpoints = new Endpoints();
    WorkerProcess worker =
        BED.plainWorker(
                "attacked",
                "JAVA_TOOL_OPTIONS=-Xmx256m -XX:+ExitOnOutOfMemoryError",
                endpoints.setting(),
                "INGEST_ENDPOINT=127.0.0.1:0",
                "WORKER_TOOLS_FILE=" + tools,
                "WORKER_SCHEMA_FOLDER=" + schemas,
                "WORKER_ENCRYPT_FIELDS=/secret",
                "WORKER_ENCRYPTION_KEYS=k1:" + HostileInputs.KEY,
                "WORKER_PROCESSING_TIMEOUT=2s",
                "WORKER_MAX_RETRIES=0",
                "WORKER_TOOL_MAX_CONCURRENT=2")
            .awaitConsuming();
    String ingest = ingestAddress(worker);
    int ordinary = 0;
    while (ordinary < ORDINARY_ALONE) {
      BED.publish("alone-" + ordinary++, 1, "{\"n\":1}");
      TestBed.pass(Duration.ofMillis(5));
    }
    List<Entry> entries = HostileInputs.entries(random);
    int hostile = 0;
    int beside = 0;
    while (hostile < HOSTILE) {
      publish(entries, hostile);
      for (int i = 0; i < A_TURN / 2; i++) {
        send(HostileInputs.request(ingest, random));
      }
      hostile += A_TURN;
      BED.publish("beside-" + beside++, 1, "{\"n\":1}");
      TestBed.pass(BETWEEN_TURNS);
      assertThat(worker.isAlive()).as("alive after %s, seed %s", hostile, SEED).isTrue();
    }
    assertThat(atOnce.tryAcquire(REQUESTS_AT_ONCE, 30, TimeUnit.SECONDS)).as("answered").isTrue();
    int all = beside;
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              assertThat(stored("alone-")).isEqualTo(ORDINARY_ALONE);
              assertThat(stored("beside-")).isEqualTo(all);
            });
    BED.awaitSettled(Duration.ofMinutes(2));
    assertThat(worker.isAlive()).isTrue();
    assertThat(endpoints.get("/health/live").status()).isEqualTo(200);
    assertThat(answers).doesNotContain(500, 501, 502, 504);
    assertThat(worker.log()).noneMatch(line -> line.contains(" ERROR "));
    assertThat(BED.deadLetterFields())
        .allMatch(dead -> !dead.get("dead_letter").contains("\"poison\""));
    System.out.printf(
        "%d hostile inputs, answers %s, %d without one; %d dead letters; ordinary events stored"
            + " after (p50, p99) %s ms alone, %s ms beside; %d MiB at most%n",
        hostile,
        answers,
        unanswered.get(),
        BED.deadLetters(),
        percentiles("alone-"),
        percentiles("beside-"),
        worker.peakMemory() / 1024 / 1024);
  }

  private static String ingestAddress(WorkerProcess worker) {
    return worker.awaitLine("Taking webhooks in").log().stream()
        .filter(line -> line.contains("Taking webhooks in"))
        .map(line -> line.replaceFirst(".*?(127\\.0\\.0\\.1:\\d+).*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private void publish(List<Entry> entries, int from) {
    List<Entry> some = new ArrayList<>();
    for (int i = 0; i < A_TURN / 2; i++) {
      some.add(entries.get((from + i) % entries.size()));
    }
    BED.onRedis(
        client -> {
          try (Pipeline pipeline = client.pipelined()) {
            for (Entry entry : some) {
              pipeline.xadd(
                  "webhook_events".getBytes(UTF_8),
                  XAddParams.xAddParams(),
                  entry.fields("hostile-" + random.nextInt(1_000_000)));
            }
          }
          return some.size();
        });
  }

  private void send(HttpRequest request) throws InterruptedException {
    atOnce.acquire();
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    answer.whenComplete(
        (response, failure) -> {
          atOnce.release();
          if (failure == null) {
            answers.add(response.statusCode());
          } else if (failure.getCause() instanceof IOException) {
            unanswered.incrementAndGet();
          }
        });
  }

  private static int stored(String prefix) {
    return Integer.parseInt(
        BED.column(
                "SELECT count(DISTINCT event_id) FROM worker.webhook_events WHERE event_id LIKE '"
                    + prefix
                    + "%'")
            .get(0));
  }

  private static String percentiles(String prefix) {
    return BED.column(
            "SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)) || ', '"
                + " || round(percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)) FROM (SELECT"
                + " 1000 * extract(epoch FROM processed_at) - split_part(entry_id, '-', 1)::bigint"
                + " AS ms FROM worker.webhook_events WHERE event_id LIKE '"
                + prefix
                + "%') AS times")
        .get(0);
  }
}
