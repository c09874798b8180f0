package dev.webhookworker.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.ops.OpsClient;
import dev.webhookworker.postgres.PostgresModule;
import dev.webhookworker.postgres.StorageAdministration;
import dev.webhookworker.redis.RedisEventPublisher;
import dev.webhookworker.redis.RedisModule;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operations API on a real Redis and PostgreSQL; its answers are held against openapi.json. */
class OpsIT {

  private static final String TOKEN = "operator-token-of-this-test";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static WorkerConfig config(String name) {
    Map<String, String> environment = new HashMap<>();
    environment.put("REDIS_ADDR", BED.redis().address());
    environment.put("DATABASE_HOST", BED.postgres().host());
    environment.put("DATABASE_PORT", Integer.toString(BED.postgres().port()));
    environment.put("DATABASE_NAME", BED.postgres().database());
    environment.put("DATABASE_USER", BED.postgres().user());
    environment.put("WORKER_CONSUMER_NAME", name);
    environment.put("WORKER_ADMIN_TOKEN", TOKEN);
    environment.put("WORKER_MAINTENANCE_INTERVAL", "200ms");
    environment.put("HEALTH_ENDPOINT", "127.0.0.1:0");
    return WorkerConfig.fromEnvironment(environment);
  }

  private static Worker start(String name) throws Exception {
    Worker worker =
        Worker.builder()
            .discovery(false)
            .config(config(name))
            .install(new RedisModule())
            .install(new PostgresModule())
            .logLevels(new LogbackLevels())
            .processor("*", (event, context) -> {})
            .build();
    worker.start();
    return worker;
  }

  private static OpsClient operator(Worker worker) {
    return OpsClient.of(worker).withToken(TOKEN).with("X-Actor", "ann");
  }

  private static void publish(String type, int count, String tool) {
    WorkerConfig config = config("publisher");
    try (EventPublisher publisher = RedisEventPublisher.to(config.redis(), config.streamName())) {
      for (int i = 0; i < count; i++) {
        publisher.publish(
            OutgoingEvent.of(type + "-" + i, type, "{\"card\":\"4111111111111111\"}")
                .withMetadata("{\"tool_id\":\"" + tool + "\"}"));
      }
    }
  }

  private static int stored(String type) {
    return Integer.parseInt(
        BED.column("SELECT count(*) FROM worker.webhook_events WHERE event_type = '" + type + "'")
            .get(0));
  }

  private static void awaitStored(String type, int count) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(stored(type)).isEqualTo(count));
  }

  @Test
  void eventsAreSearchedToldAndRevealed() throws Exception {
    try (Worker worker = start("one")) {
      publish("push", 3, "default");
      awaitStored("push", 3);
      OpsClient ops = operator(worker);
      OpsClient.Reply page = ops.get("/events?event_type=push&limit=2");
      assertThat(page.body().path("items").size()).isEqualTo(2);
      String next = URLEncoder.encode(page.body().path("next").asText(), StandardCharsets.UTF_8);
      assertThat(ops.get("/events?event_type=push&limit=2&cursor=" + next).body().path("items"))
          .hasSize(1);
      JsonNode story = ops.get("/events/push-1").body();
      assertThat(story.path("stored").path(0).path("payload").asText())
          .contains("card")
          .doesNotContain("4111");
      assertThat(ops.act("/events/push-1/reveal", "{}").body().toString())
          .contains("4111111111111111");
      assertThat(ops.get("/events/push-1").body().path("story").findValuesAsText("action"))
          .contains("processed", "payload_revealed");
      assertThat(ops.act("/worker/pause", "{}").body().path("audited").asBoolean()).isTrue();
      ops.act("/worker/resume", "{}");
      assertThat(
              BED.column(
                  "SELECT actor FROM worker.webhook_audit_log WHERE action = 'worker_paused'"))
          .containsExactly("ann");
      assertThat(ops.get("/configuration").body().toString())
          .contains("WORKER_MAINTENANCE_INTERVAL")
          .doesNotContain(TOKEN);
      assertThat(
              ops.act("/worker/log-level", "{\"logger\":\"some.logger\",\"level\":\"trace\"}")
                  .status())
          .isEqualTo(200);
      assertThat(new LogbackLevels().level("some.logger")).contains("trace");
    }
  }

  @Test
  void anActWhileTheStoreIsAwayGetsItsAuditLineWhenItIsBack() throws Exception {
    try (Worker worker = start("one")) {
      await().atMost(LIMIT).until(() -> worker.health().status() == HealthStatus.HEALTHY);
      BED.postgres().stop();
      OpsClient ops = operator(worker);
      assertThat(ops.act("/worker/drain", "{}").body().path("audited").asBoolean()).isFalse();
      BED.postgres().restart();
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          BED.column(
                              "SELECT actor || ' ' || (detail LIKE '%, at 20%')::text FROM"
                                  + " worker.webhook_audit_log WHERE action = 'worker_drained'"))
                      .containsExactly("ann true"));
    }
  }

  @Test
  void aToolOfTheRegistryIsPausedInEveryReplicaAndLosesNothing() throws Exception {
    try (Worker one = start("one");
        Worker two = start("two")) {
      publish("first", 1, "default");
      awaitStored("first", 1);
      try (StorageAdministration storage = StorageAdministration.of(one.config())) {
        JsonNode tool =
            new ObjectMapper()
                .readTree("{\"id\":\"shop\",\"webhook_config\":{\"max_concurrent\":2}}");
        storage.tools().put(tool, 0, "ann");
      }
      publish("warm", 20, "shop");
      awaitStored("warm", 20);
      OpsClient ops = operator(one);
      assertThat(ops.act("/tools/shop/pause", "{}").body().path("scope").asText())
          .isEqualTo("everywhere");
      assertThat(operator(two).get("/tools").body().toString())
          .contains("\"paused\":\"everywhere\"");
      publish("held", 20, "shop");
      await()
          .atMost(LIMIT)
          .until(() -> BED.onRedis(client -> client.zcard("webhook_events_retry")) == 20);
      assertThat(stored("held")).isZero();
      ops.act("/tools/shop/resume", "{}");
      awaitStored("held", 20);
      assertThat(ops.get("/overview").body().path("replicas").path("consumers")).hasSize(2);
    }
  }

  @Test
  void probesAnswerAtOnceWhileTheDatabaseHangsUnderThePage() throws Exception {
    try (Worker worker = start("one")) {
      publish("push", 1, "default");
      awaitStored("push", 1);
      BED.postgres().freeze();
      List<CompletableFuture<?>> hanging = new ArrayList<>();
      try {
        HttpClient http = HttpClient.newHttpClient();
        for (int i = 0; i < 60; i++) {
          hanging.add(
              http.sendAsync(
                  HttpRequest.newBuilder(
                          URI.create(worker.opsAddress().orElseThrow() + "/api/events"))
                      .header("Authorization", "Bearer " + TOKEN)
                      .build(),
                  HttpResponse.BodyHandlers.discarding()));
        }
        for (String path : List.of("/health", "/health/live", "/health/ready")) {
          HttpResponse<String> probe =
              http.send(
                  HttpRequest.newBuilder(worker.opsAddress().orElseThrow().resolve(path))
                      .timeout(Duration.ofSeconds(1))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(probe.body()).as(path).startsWith("{\"status\"");
        }
      } finally {
        BED.postgres().thaw();
      }
      hanging.forEach(one -> one.cancel(true));
    }
  }
}
