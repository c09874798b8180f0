package dev.webhookworker.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.embedded.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** Secrets are planted wherever a process takes any, and looked for in all that it says. */
class CanaryIT {

  @RegisterExtension private static final TestBed BED = new TestBed();

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String REDIS_PASSWORD = "canary01redis";
  private static final String DATABASE_PASSWORD = "canary02database";
  private static final String ADMIN_TOKEN = "canary03-admin-token-of-some-length";
  private static final String KEY = base64("canary04-key-of-thirty-two-bytes");
  private static final String TOOL_SECRET = "canary05hmac";
  private static final String TOOL_TOKEN = "canary06bearer";
  private static final String SENT_TOKEN = "canary07sent-authorization";
  private static final String SENT_BASIC = base64("user:canary08basic");
  private static final String QUERY_TOKEN = "canary09query";
  private static final String CARD = "canary10-4111111111111111";
  private static final String PAYLOAD_FIELD = "canary11payload";
  private static final String IN_EXCEPTION = "canary12exception";

  private static final List<String> CANARIES =
      List.of(
          REDIS_PASSWORD,
          DATABASE_PASSWORD,
          ADMIN_TOKEN,
          KEY,
          TOOL_SECRET,
          TOOL_TOKEN,
          SENT_TOKEN,
          SENT_BASIC,
          QUERY_TOKEN,
          CARD,
          PAYLOAD_FIELD,
          IN_EXCEPTION);

  private static final String TOOLS =
      """
      [{"id": "hmac", "provider": "github", "webhook_config": {"endpoint_path": "/hmac",
         "auth_type": "signature", "auth_config": {"secret": "%s"}}},
       {"id": "bearer", "webhook_config": {"endpoint_path": "/bearer",
         "auth_type": "bearer", "auth_config": {"token": "%s"}}}]
      """
          .formatted(TOOL_SECRET, TOOL_TOKEN);

  private final Endpoints endpoints = new Endpoints();
  private final StringBuilder said = new StringBuilder();

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void noneOfTwelveSecretsIsInAnyOutput(@TempDir Path folder) throws Exception {
    Path tools = Files.writeString(folder.resolve("tools.json"), TOOLS);
    try (EmbeddedRedis redis = EmbeddedRedis.start("--requirepass", REDIS_PASSWORD);
        // Does not know the command, so that its answer quotes the password.
        EmbeddedRedis quoting = EmbeddedRedis.start("--rename-command", "HELLO", "NO-HELLO")) {
      List<String> settings =
          List.of(
              endpoints.setting(),
              "REDIS_ADDR=redis://:" + REDIS_PASSWORD + "@127.0.0.1:" + redis.port(),
              "DATABASE_PASSWORD=" + DATABASE_PASSWORD,
              "WORKER_ADMIN_TOKEN=" + ADMIN_TOKEN,
              "WORKER_ENCRYPT_FIELDS=/card",
              "WORKER_ENCRYPTION_KEYS=k1:" + KEY,
              "WORKER_TOOLS_FILE=" + tools,
              "INGEST_ENDPOINT=127.0.0.1:0",
              "WORKER_MAX_RETRIES=1",
              "WORKER_SHUTDOWN_TIMEOUT=1s",
              "LOG_LEVEL=trace",
              "LOG_FORMAT=json");
      WorkerProcess worker = BED.worker("canary", settings.toArray(String[]::new)).awaitConsuming();
      WorkerProcess lost = BED.worker("lost", lost(redis, settings)).awaitLine("Lost the ");
      WorkerProcess doctor = BED.command("doctor", settings, "doctor");
      String[] quoted = elsewhere(quoting, REDIS_PASSWORD, settings).toArray(String[]::new);
      WorkerProcess misled = BED.worker("misled", quoted).awaitLine("unknown command");
      WorkerProcess misledDoctor = BED.command("misled-doctor", List.of(quoted), "doctor");
      sendRequests(worker);
      try (RedisClient client =
          RedisClient.create("redis://:" + REDIS_PASSWORD + "@127.0.0.1:" + redis.port())) {
        publishEvents(client);
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> client.xlen("webhook_events_dlq") == 7 && BED.stored() == 2);
        client
            .xrange("webhook_events_dlq", "-", "+")
            .forEach(letter -> said.append(letter.getFields().get("dead_letter")).append('\n'));
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> BED.column("SELECT count(*) FROM worker.webhook_dlq").get(0).equals("7"));
      BED.column("SELECT error_message || ' ' || metadata FROM worker.webhook_dlq")
          .forEach(text -> said.append(text).append('\n'));
      BED.column("SELECT row_to_json(line) FROM worker.webhook_audit_log line")
          .forEach(text -> said.append(text).append('\n'));
      for (String path : List.of("/health", "/health/live", "/health/ready", "/metrics")) {
        said.append(endpoints.get(path).body()).append('\n');
      }
      doctor.awaitExit(Duration.ofSeconds(20));
      misledDoctor.awaitExit(Duration.ofSeconds(20));
      redis.kill();
      worker.awaitLine("Lost the ");
      said.append(endpoints.get("/health").body()).append('\n');
      worker.terminate();
      worker.awaitExit(Duration.ofSeconds(10));
      for (WorkerProcess process : List.of(worker, lost, doctor, misled, misledDoctor)) {
        process.log().forEach(line -> said.append(line).append('\n'));
      }
      assertSaidMuchButNoSecret(worker);
    }
  }

  private void assertSaidMuchButNoSecret(WorkerProcess worker) throws IOException {
    for (String line : worker.log()) {
      assertThat(JSON.readTree(line).path("message").isTextual()).as(line).isTrue();
    }
    assertThat(said)
        .as("what was meant to be said")
        .contains("Became a dead letter")
        .contains("Attempt failed; retry scheduled")
        .contains("Lost the ")
        .contains("A request was refused")
        .contains("\"event_id\":\"complaint-0\"")
        .contains("refused by the gateway")
        .contains("webhook_dlq_entries_total");
    for (String canary : CANARIES) {
      assertThat(said.indexOf(canary)).as("place of " + canary + surroundings(canary)).isNegative();
      assertThat(said.indexOf(canary.substring(0, 8))).as(canary).isNegative();
    }
  }

  private String surroundings(String canary) {
    int at = said.indexOf(canary);
    return at < 0 ? "" : ": " + said.substring(Math.max(0, at - 200), at + 40);
  }

  /** The same with a wrong password and a database that is not there. */
  private static String[] lost(EmbeddedRedis redis, List<String> settings) {
    List<String> wrong = elsewhere(redis, REDIS_PASSWORD + "x", settings);
    wrong.add("DATABASE_PORT=1");
    return wrong.toArray(String[]::new);
  }

  private static List<String> elsewhere(
      EmbeddedRedis redis, String password, List<String> settings) {
    List<String> others = new ArrayList<>(settings);
    others.removeIf(setting -> setting.matches("(REDIS_ADDR|INGEST_ENDPOINT|HEALTH_ENDPOINT)=.*"));
    others.add("REDIS_ADDR=redis://default:" + password + "@127.0.0.1:" + redis.port());
    return others;
  }

  private void sendRequests(WorkerProcess worker) throws Exception {
    String address =
        worker.awaitLine("Taking webhooks in").log().stream()
            .filter(line -> line.contains("Taking webhooks in"))
            .map(line -> line.replaceFirst(".*?(127\\.0\\.0\\.1:\\d+).*", "$1"))
            .findFirst()
            .orElseThrow();
    String body = "{\"password\":\"" + PAYLOAD_FIELD + "\"}";
    assertThat(post(address + "/bearer?token=" + QUERY_TOKEN, body, "Bearer " + TOOL_TOKEN))
        .isEqualTo(202);
    assertThat(post(address + "/bearer", body, "Bearer " + SENT_TOKEN)).isEqualTo(401);
    assertThat(post(address + "/bearer", body, "Basic " + SENT_BASIC)).isEqualTo(401);
    assertThat(post(address + "/hmac", body, "Bearer " + SENT_TOKEN)).isEqualTo(401);
    assertThat(post(address + "/bearer", body + PAYLOAD_FIELD, "Bearer " + TOOL_TOKEN))
        .isEqualTo(400);
  }

  private static int post(String address, String body, String authorization) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address))
            .header("Content-Type", "application/json")
            .header("Authorization", authorization)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static void publishEvents(RedisClient client) {
    List<String> complaints =
        List.of(
            "refused by the gateway: password=" + IN_EXCEPTION,
            "can't connect to jdbc:postgresql://user:" + IN_EXCEPTION + "@db/app",
            "401 for Authorization: Bearer " + IN_EXCEPTION,
            "{\"api_key\": \"" + IN_EXCEPTION + "\"} was refused",
            "card " + CARD + " was refused");
    for (int i = 0; i < complaints.size(); i++) {
      ObjectNode script = JSON.createObjectNode().put("then", "complain").put("card", CARD);
      script.put("password", PAYLOAD_FIELD);
      // The handler's own text is what may be said of it, so it comes with the secret in it.
      script.put("message", complaints.get(i));
      publish(client, "complaint-" + i, script.toString());
    }
    publish(client, "fine", "{\"card\":\"" + CARD + "\",\"password\":\"" + PAYLOAD_FIELD + "\"}");
    publish(client, "broken", "{\"password\": " + PAYLOAD_FIELD + "}");
    Map<String, String> forged = event("forged", "{\"password\":\"" + PAYLOAD_FIELD + "\"}");
    forged.put(
        "metadata",
        JSON.createObjectNode()
            .put("tool_id", "bearer")
            .set("headers", JSON.createObjectNode().put("authorization", "Bearer " + SENT_TOKEN))
            .toString());
    client.xadd("webhook_events", forged, XAddParams.xAddParams());
  }

  private static Map<String, String> event(String id, String payload) {
    Map<String, String> event = new LinkedHashMap<>();
    event.put("event_id", id);
    event.put("event_type", "push");
    event.put("payload", payload);
    return event;
  }

  private static void publish(RedisClient client, String id, String payload) {
    client.xadd("webhook_events", event(id, payload), XAddParams.xAddParams());
  }
}
