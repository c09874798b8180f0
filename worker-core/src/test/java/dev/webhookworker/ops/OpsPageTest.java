package dev.webhookworker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.StoryLine;
import dev.webhookworker.port.ConsumerState;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsPageTest {

  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  private OpsStageInMemory stage;

  @BeforeEach
  void start() throws Exception {
    stage = OpsStageInMemory.start();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private void awaitProcessed(int count) {
    await().until(() -> stage.memory.processed().size() >= count);
  }

  private String deadLetter(String eventId, String payload) {
    stage.failing.set(true);
    String id = stage.memory.publish(eventId, "order.created", payload);
    await()
        .until(() -> stage.memory.deadLetters().stream().anyMatch(one -> one.entryId().equals(id)));
    stage.failing.set(false);
    return id;
  }

  private static List<String> actions(List<StoryLine> story) {
    return story.stream().map(line -> line.action() + " by " + line.actor()).toList();
  }

  @Test
  void everyAnswerKeepsABrowserFromDoingHarmWithIt() throws Exception {
    URI page = URI.create(stage.worker.opsAddress().orElseThrow().toString());
    for (String path :
        List.of("/", "/app.js", "/app.css", "/icon.svg", "/api/overview", "/nothing", "/api/x")) {
      HttpResponse<String> answer = OpsClient.at(page).send("GET", path, "");
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .as(path)
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
      assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    }
    for (String path : List.of("/../openapi.json", "/%2e%2e/openapi.json", "/page/app.js", "x")) {
      assertThat(OpsClient.at(page).send("GET", path, "").statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void thePageHasNoScriptOrStyleInsideAndMakesNoMarkupOfText() throws Exception {
    URI page = URI.create(stage.worker.opsAddress().orElseThrow().toString());
    String html = OpsClient.at(page).send("GET", "/", "").body();
    assertThat(html).doesNotContainPattern("<script(?![^>]*src=)").doesNotContain("style=");
    for (String name :
        List.of(
            "app",
            "api",
            "dom",
            "format",
            "chart",
            "login",
            "overview",
            "events",
            "deadletters",
            "deadletter",
            "bulk",
            "tools",
            "worker",
            "configuration")) {
      HttpResponse<String> script = OpsClient.at(page).send("GET", "/" + name + ".js", "");
      assertThat(script.headers().firstValue("Content-Type"))
          .hasValue("text/javascript; charset=utf-8");
      assertThat(script.body())
          .as(name)
          .doesNotContainPattern(
              "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function|https?://(?!www\\.w3\\.org)");
    }
  }

  @Test
  void theOverviewTellsFiguresDepthAndReplicas() throws Exception {
    for (int i = 0; i < 20; i++) {
      stage.memory.publish("e" + i, "push", "{}");
    }
    awaitProcessed(20);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> !stage.viewer().get("/overview").body().path("depth").isNull());
    JsonNode now = stage.viewer().get("/overview").body();
    assertThat(now.path("status").asText()).isEqualTo("healthy");
    assertThat(now.path("worker").path("processed").asInt()).isEqualTo(20);
    assertThat(now.path("replicas").path("consumers").path(0).path("name").asText())
        .isEqualTo("alone");
    assertThat(stage.parts().stream().consumers())
        .extracting(ConsumerState::alive)
        .containsExactly(true);
  }

  @Test
  void percentilesAreWithinAnEighthOfTheTruth() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 1; i <= 1000; i++) {
      histogram.add(Duration.ofMillis(i));
    }
    assertThat(LatencyHistogram.percentile(histogram.copy(), 0.5)).isBetween(500.0, 570.0);
    assertThat(LatencyHistogram.percentile(histogram.copy(), 0.99)).isBetween(990.0, 1120.0);
    assertThat(LatencyHistogram.percentile(LatencyHistogram.empty(), 0.5)).isZero();
    histogram.add(Duration.ofDays(1000));
    assertThat(LatencyHistogram.total(histogram.copy())).isEqualTo(1001);
  }

  @Test
  void theOverviewIsToldLiveToSoManyAndEndsWithTheWorker() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest live =
        HttpRequest.newBuilder(URI.create(stage.worker.opsAddress().orElseThrow() + "/api/live"))
            .header("Authorization", "Bearer " + OpsStageInMemory.VIEWER)
            .build();
    List<InputStream> streams = new ArrayList<>();
    for (int i = 0; i < LiveStreams.MOST; i++) {
      HttpResponse<InputStream> stream = http.send(live, HttpResponse.BodyHandlers.ofInputStream());
      assertThat(stream.statusCode()).isEqualTo(200);
      streams.add(stream.body());
    }
    assertThat(http.send(live, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(503);
    // Neither probes nor the API wait for a stream.
    assertThat(stage.viewer().get("/worker").status()).isEqualTo(200);
    BufferedReader first =
        new BufferedReader(new InputStreamReader(streams.get(0), StandardCharsets.UTF_8));
    assertThat(first.readLine()).isEqualTo("retry: 1000");
    assertThat(first.readLine()).isEmpty();
    assertThat(first.readLine()).isEqualTo("event: overview");
    assertThat(first.readLine()).startsWith("data: {\"at\":");
    stage.worker.close();
    while (first.readLine() != null) {
      // Until its end.
    }
    for (InputStream stream : streams.subList(1, streams.size())) {
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).endsWith("\n\n");
    }
  }

  @Test
  void aDeadLetterIsShownMaskedAndRevealedWithAnAuditLine() throws Exception {
    String id = deadLetter("order-1", "{\"card\":\"4111111111111111\",\"items\":[{\"n\":7}]}");
    OpsClient.Reply list = stage.viewer().get("/dead-letters?event_type=order.created");
    assertThat(list.body().path("items").path(0).path("id").asText()).isEqualTo(id);
    OpsClient.Reply shown = stage.viewer().get("/dead-letters/" + id);
    assertThat(shown.body().path("payload").asText())
        .contains("card", "items")
        .doesNotContain("4111");
    assertThat(stage.viewer().act("/dead-letters/" + id + "/reveal", "{}").status()).isEqualTo(403);
    OpsClient.Reply revealed = stage.operator().act("/dead-letters/" + id + "/reveal", "{}");
    assertThat(revealed.body().path("payload").asText()).contains("4111111111111111");
    assertThat(actions(stage.worker.events().story("order-1"))).contains("payload_revealed by ann");
    JsonNode told = stage.viewer().get("/events/order-1").body();
    assertThat(told.path("dead_letters").size()).isEqualTo(1);
    assertThat(told.toString()).doesNotContain("4111");
    assertThat(stage.viewer().get("/dead-letters/9-9").status()).isEqualTo(404);
  }

  @Test
  void aDeadLetterIsRetriedEditedAndDiscarded() throws Exception {
    String retried = deadLetter("order-1", "{\"n\":1}");
    assertThat(stage.operator().act("/dead-letters/" + retried + "/retry", "{}").status())
        .isEqualTo(200);
    awaitProcessed(1);
    String edited = deadLetter("order-2", "{\"secret\":\"before\"}");
    assertThat(
            stage
                .operator()
                .act(
                    "/dead-letters/" + edited + "/retry",
                    "{\"payload\":\"{\\\"secret\\\":\\\"after\\\"}\"}")
                .status())
        .isEqualTo(400);
    assertThat(
            stage
                .operator()
                .act(
                    "/dead-letters/" + edited + "/retry",
                    "{\"payload\":\"{\\\"secret\\\":\\\"after\\\"}\",\"reason\":\"typo\"}")
                .status())
        .isEqualTo(200);
    awaitProcessed(2);
    JsonNode story = stage.viewer().get("/events/order-2").body().path("story");
    assertThat(story.toString()).contains("dlq_retry_edited", "typo");
    assertThat(story.toString()).doesNotContain("before").doesNotContain("after");
    String given = deadLetter("order-3", "{}");
    assertThat(stage.operator().act("/dead-letters/" + given + "/discard", "{}").status())
        .isEqualTo(400);
    assertThat(
            stage
                .operator()
                .act("/dead-letters/" + given + "/discard", "{\"reason\":\"a test\"}")
                .status())
        .isEqualTo(200);
    assertThat(
            stage
                .operator()
                .act("/dead-letters/" + given + "/discard", "{\"reason\":\"a test\"}")
                .status())
        .isEqualTo(404);
    assertThat(actions(stage.worker.events().story("order-3"))).contains("dlq_discarded by ann");
  }

  @Test
  void manyAreRetriedOrDiscardedWithAPreviewACapAndProgress() throws Exception {
    for (int i = 0; i < 30; i++) {
      deadLetter("many-" + i, "{}");
    }
    assertThat(stage.viewer().get("/dead-letters/count?text=many").body().path("count").asInt())
        .isEqualTo(30);
    assertThat(
            stage.viewer().get("/dead-letters/groups").body().path("items").path(0).path("count"))
        .hasToString("30");
    OpsClient.Reply started =
        stage
            .operator()
            .act(
                "/bulk-jobs",
                "{\"action\":\"retry\",\"filter\":{\"text\":\"many\"},\"cap\":20,"
                    + "\"per_second\":10000,\"canary\":true}");
    assertThat(started.status()).isEqualTo(202);
    assertThat(started.body().path("matching").asInt()).isEqualTo(30);
    JsonNode done = awaitEnd(started);
    assertThat(done.path("state").asText()).isEqualTo("capped");
    assertThat(done.path("done").asInt()).isEqualTo(20);
    awaitProcessed(20);
    OpsClient.Reply discarding =
        stage.operator().act("/bulk-jobs", "{\"action\":\"discard\",\"reason\":\"old\"}");
    assertThat(awaitEnd(discarding).path("done").asInt()).isEqualTo(10);
    assertThat(stage.memory.deadLetters()).isEmpty();
    assertThat(stage.viewer().get("/bulk-jobs").body().path("items").size()).isEqualTo(2);
    assertThat(stage.operator().act("/bulk-jobs/none/cancel", "{}").status()).isEqualTo(404);
  }

  private JsonNode awaitEnd(OpsClient.Reply started) throws Exception {
    String path = "/bulk-jobs/" + started.body().path("id").asText();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !stage.viewer().get(path).body().path("ended_at").isNull());
    return stage.viewer().get(path).body();
  }

  @Test
  void aJobIsCancelled() throws Exception {
    for (int i = 0; i < 20; i++) {
      deadLetter("slow-" + i, "{}");
    }
    OpsClient.Reply started =
        stage
            .operator()
            .act("/bulk-jobs", "{\"action\":\"retry\",\"per_second\":1,\"canary\":false}");
    assertThat(stage.operator().act("/bulk-jobs", "{\"action\":\"retry\"}").status())
        .isEqualTo(409);
    stage.operator().act("/bulk-jobs/" + started.body().path("id").asText() + "/cancel", "{}");
    JsonNode end = awaitEnd(started);
    assertThat(end.path("state").asText()).isEqualTo("cancelled");
    assertThat(end.path("done").asInt()).isLessThan(20);
  }

  @Test
  void hostileStringsComeBackAsText() throws Exception {
    stage.failing.set(true);
    stage.memory.publish(
        Map.of(
            "event_id",
            HOSTILE,
            "event_type",
            "\"><script>alert(2)</script>",
            "payload",
            "{\"" + HOSTILE + "\":\"</script>\"}"));
    await().until(() -> stage.memory.deadLetters().size() == 1);
    OpsClient.Reply list = stage.viewer().get("/dead-letters");
    assertThat(list.response().headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(list.body().path("items").path(0).path("event_id").asText()).isEqualTo(HOSTILE);
    String path = "/events/" + java.net.URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8);
    assertThat(stage.viewer().get(path.replace("+", "%20")).body().path("event_id").asText())
        .isEqualTo(HOSTILE);
    for (String odd :
        List.of(
            "/events/%00",
            "/events/a%2Fb",
            "/events/..%2f..%2fetc",
            "/dead-letters/%27%3B%20DROP",
            "/dead-letters?cursor=%00&limit=5",
            "/dead-letters?cursor=nonsense",
            "/dead-letters?limit=0",
            "/dead-letters?limit=many",
            "/dead-letters?from=yesterday",
            "/dead-letters?status=lost",
            "/events/" + "x".repeat(3000))) {
      assertThat(stage.viewer().get(odd).status()).as(odd).isIn(200, 400, 404);
    }
  }

  @Test
  void thisReplicaIsPausedDrainedAndResumedAndNothingIsLost() throws Exception {
    assertThat(stage.viewer().get("/worker").body().path("state").asText()).isEqualTo("running");
    assertThat(stage.operator().act("/worker/pause", "{}").body().path("audited").asBoolean())
        .isTrue();
    await()
        .until(() -> stage.worker.health().components().get("worker").message().contains("paused"));
    stage.memory.publish("later", "push", "{}");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> stage.viewer().get("/overview").body().path("depth").path("total").asInt() == 1);
    assertThat(stage.memory.processed()).isEmpty();
    stage.operator().act("/worker/drain", "{}");
    await()
        .until(() -> stage.viewer().get("/worker").body().path("state").asText().equals("drained"));
    stage.operator().act("/worker/resume", "{}");
    awaitProcessed(1);
    assertThat(actions(stage.worker.events().story("")))
        .contains("worker_paused by ann", "worker_drained by ann", "worker_resumed by ann");
  }

  @Test
  void aToolsEventsWaitWhileItIsPausedHere() throws Exception {
    stage.memory.publish("first", "push", "{}");
    awaitProcessed(1);
    assertThat(stage.operator().act("/tools/unknown/pause", "{}").status()).isEqualTo(404);
    OpsClient.Reply paused = stage.operator().act("/tools/default/pause", "{}");
    assertThat(paused.body().path("scope").asText()).isEqualTo("here");
    JsonNode tool = stage.viewer().get("/tools").body().path("items").path(0);
    assertThat(tool.path("paused").asText()).isEqualTo("here");
    stage.memory.publish("second", "push", "{}");
    await()
        .until(() -> stage.worker.depth().filter(depth -> depth.retriesWaiting() == 1).isPresent());
    stage.operator().act("/tools/default/resume", "{}");
    await().atMost(Duration.ofSeconds(8)).until(() -> stage.memory.processed().size() == 2);
    assertThat(actions(stage.worker.events().story("")))
        .contains("tool_paused by ann", "tool_resumed by ann");
  }

  @Test
  void aLogLevelIsChangedByNameAndNothingElseIs() throws Exception {
    String body = "{\"logger\":\"dev.webhookworker\",\"level\":\"debug\"}";
    OpsClient.Reply changed = stage.operator().act("/worker/log-level", body);
    assertThat(changed.body().path("log_levels").path("dev.webhookworker").asText())
        .isEqualTo("debug");
    assertThat(stage.levels).containsEntry("dev.webhookworker", "debug");
    for (String wrong :
        List.of(
            "{\"logger\":\"a b\",\"level\":\"debug\"}",
            "{\"logger\":\"ROOT\",\"level\":\"loud\"}",
            "{\"logger\":\"org.apache.hc.client5.http.wire\",\"level\":\"debug\"}",
            "{\"logger\":\"org.postgresql\",\"level\":\"trace\"}",
            "{\"level\":\"debug\"}",
            "[]",
            "{")) {
      assertThat(stage.operator().act("/worker/log-level", wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(
            stage
                .operator()
                .act("/worker/log-level", "{\"x\":\"" + "y".repeat(5000) + "\"}")
                .status())
        .isEqualTo(413);
  }

  @Test
  void theConfigurationSaysWhereItCameFromAndNoSecret() throws Exception {
    OpsClient.Reply shown = stage.viewer().get("/configuration");
    assertThat(shown.response().body())
        .doesNotContain(OpsStageInMemory.OPERATOR)
        .doesNotContain(OpsStageInMemory.VIEWER);
    assertThat(setting(shown, "ops.operatorToken").path("value").asText()).isEqualTo("***");
    assertThat(setting(shown, "blockTimeout").path("source").asText()).isEqualTo("code");
    assertThat(setting(shown, "batchSize").path("source").asText()).isEqualTo("default");
    assertThat(setting(shown, "batchSize").path("variable").asText())
        .isEqualTo("WORKER_BATCH_SIZE");
  }

  private static JsonNode setting(OpsClient.Reply shown, String name) {
    for (JsonNode one : shown.body().path("items")) {
      if (one.path("name").asText().equals(name)) {
        return one;
      }
    }
    throw new AssertionError("no setting " + name);
  }

  @Test
  void searchingEventsWithoutAHistorySaysWhatIsMissing() throws Exception {
    OpsClient.Reply refused = stage.viewer().get("/events");
    assertThat(refused.status()).isEqualTo(501);
    assertThat(refused.body().path("message").asText()).contains("worker-postgres");
  }
}
