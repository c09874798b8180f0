package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhookworker.DestinationState;
import dev.webhookworker.EncryptionSettings;
import dev.webhookworker.ForwardSettings;
import dev.webhookworker.OpsSettings;
import dev.webhookworker.RetryPolicy;
import dev.webhookworker.Secret;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerBuilder;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.health.HealthStatus;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.ops.OpsClient;
import dev.webhookworker.spi.EventHandler;
import dev.webhookworker.spi.WorkerListener;
import dev.webhookworker.tool.ToolConfigs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardingTest {

  private static final String TOKEN = "operator-token-of-this-test";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final InMemoryModule memory = InMemoryModule.create();
  private final Map<String, String> tools = new HashMap<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  private EncryptionSettings encryption = EncryptionSettings.NONE;
  private @Nullable EventHandler handler;
  private Duration disableAfter = Duration.ZERO;
  private final List<String> told = new CopyOnWriteArrayList<>();

  private Receiver receiver() throws Exception {
    Receiver receiver = new Receiver();
    toClose.add(receiver);
    return receiver;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : toClose) {
      one.close();
    }
  }

  private void tool(String id, String destinations, String more) {
    tools.put(
        id,
        """
        {'id': '%s', 'webhook_config': {'default_processing_mode': 'store_and_forward',
         'destinations': [%s]%s}}
        """
            .formatted(id, destinations, more)
            .replace('\'', '"'));
  }

  private static String destination(String name, String url, String more) {
    return "{'name': '%s', 'url': '%s'%s}".formatted(name, url, more);
  }

  private Worker start(String... allow) throws Exception {
    RetryPolicy quick =
        RetryPolicy.defaults().withIntervals(Duration.ofMillis(50), Duration.ofMillis(200));
    WorkerBuilder builder =
        Worker.builder()
            .discovery(false)
            .install(memory)
            .config(
                WorkerConfig.builder()
                    .blockTimeout(Duration.ofMillis(10))
                    .shutdownTimeout(Duration.ofSeconds(2))
                    .maxConcurrent(8)
                    .retryPolicy(quick)
                    .encryption(encryption)
                    .healthEndpoint(new InetSocketAddress("127.0.0.1", 0))
                    .ops(OpsSettings.OFF.withTokens(Secret.of(TOKEN), null))
                    .forwarding(
                        ForwardSettings.DEFAULTS
                            .withAllow(List.of(allow))
                            .withTimeout(Duration.ofSeconds(1))
                            .withCircuitDelay(Duration.ofMillis(300))
                            .withDisableAfter(disableAfter))
                    .build())
            .toolConfigExtractor(
                event ->
                    Optional.of(
                        ToolConfigs.fromJson(
                            new ObjectMapper().readTree(tools.get(event.toolId())))));
    builder.listener(
        new WorkerListener() {
          @Override
          public void destinationAnswered(String toolId, String destination, String result) {
            told.add(toolId + " " + destination + " " + result);
          }

          @Override
          public void destinationCircuitChanged(String toolId, String destination, String state) {
            told.add(toolId + " " + destination + " " + state);
          }

          @Override
          public void destinationDisabled(String toolId, String destination) {
            told.add(toolId + " " + destination + " disabled");
          }
        });
    if (handler != null) {
      builder.processor("*", handler);
    }
    Worker worker = builder.build();
    toClose.add(0, worker);
    worker.start();
    return worker;
  }

  private void publish(String id, String type, String tool, String payload) {
    memory.publish(
        Map.of(
            "event_id", id,
            "event_type", type,
            "payload", payload,
            "metadata",
                "{\"tool_id\":\""
                    + tool
                    + "\",\"traceparent\":"
                    + "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}"));
  }

  private static List<String> ids(String start, int count) {
    return IntStream.range(0, count).mapToObj(i -> start + i).toList();
  }

  @Test
  void aSignedRequestWithTheEventsIdArrives() throws Exception {
    Receiver crm = receiver();
    tool(
        "t",
        destination("crm", crm.url(), ", 'secret': '" + SECRET + "', 'headers': {'X-Key': 'abc'}"),
        "");
    start("127.0.0.0/8");
    publish("e-1", "push", "t", "{\"b\": 1.0,  \"a\":2}");
    await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("e-1"));
    Receiver.Taken taken = crm.taken().get(0);
    assertThat(taken.body()).isEqualTo("{\"b\": 1.0,  \"a\":2}");
    assertThat(taken.id()).isEqualTo("e-1");
    assertThat(taken.headers().getFirst("webhook-signature")).startsWith("v1,");
    assertThat(taken.headers().getFirst("webhook-event-type")).isEqualTo("push");
    assertThat(taken.headers().getFirst("X-Key")).isEqualTo("abc");
    assertThat(taken.headers().getFirst("Content-Type")).startsWith("application/json");
    assertThat(taken.headers().getFirst("traceparent")).startsWith("00-0af7651916cd43dd");
  }

  @Test
  void rulesApplyBeforeAndFiltersLookAtWhatWasReceived() throws Exception {
    Receiver opened = receiver();
    Receiver closed = receiver();
    tool(
        "t",
        destination("opened", opened.url(), ", 'filter': {'source': '/action', 'equals': 'opened'}")
            + ","
            + destination(
                "closed", closed.url(), ", 'filter': {'source': '/action', 'equals': 'closed'}"),
        ", 'events': [{'event_type': '*', 'transform_rules': {'what': '/action'}}]");
    start("127.0.0.1");
    publish("1", "issues", "t", "{\"action\":\"opened\"}");
    await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
    assertThat(opened.taken())
        .extracting(Receiver.Taken::body)
        .containsExactly("{\"what\":\"opened\"}");
    assertThat(closed.asked()).isEmpty();
  }

  /** Must-show 4 of issue 6. */
  @Test
  void aDestinationThatIsDownGetsEverythingLaterAndTheOtherOneGetsEachEventOnce() throws Exception {
    Receiver good = receiver();
    Receiver down = receiver();
    down.answers(503);
    tool("t", destination("down", down.url(), "") + "," + destination("good", good.url(), ""), "");
    Worker worker = start("127.0.0.1");
    List<String> ids = ids("e", 40);
    ids.forEach(id -> publish(id, "push", "t", "{}"));
    await().untilAsserted(() -> assertThat(good.taken()).hasSizeGreaterThanOrEqualTo(40));
    await().until(() -> down.asked().size() >= 6);
    assertThat(memory.processed()).isEmpty();
    down.answers(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(memory.processed()).containsExactlyInAnyOrderElementsOf(ids));
    assertThat(good.takenIds()).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(down.takenIds()).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(memory.deadLetters()).isEmpty();
    assertThat(worker.stats().deadLettered()).isZero();
  }

  @Test
  void anEventIsProcessedThenForwardedAndARetryRepeatsOnlyTheDestinationThatIsDown()
      throws Exception {
    Receiver good = receiver();
    Receiver down = receiver();
    down.answers(503);
    List<String> handled = new CopyOnWriteArrayList<>();
    handler = (event, context) -> handled.add(event.eventId() + " " + good.taken().size());
    tool("t", destination("down", down.url(), "") + "," + destination("good", good.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await().until(() -> down.asked().size() >= 2);
    assertThat(memory.processed()).isEmpty();
    down.answers(200);
    await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
    assertThat(handled).containsExactly("1 0");
    assertThat(good.takenIds()).containsExactly("1");
    assertThat(down.takenIds()).containsExactly("1");
    assertThat(memory.deadLetters()).isEmpty();
  }

  @Test
  void whatAProcessorDidNotFinishIsNotForwardedYet() throws Exception {
    Receiver good = receiver();
    handler =
        (event, context) -> {
          if (context.attempt() == 1) {
            throw new IOException("not yet");
          }
          assertThat(good.asked()).isEmpty();
        };
    tool("t", destination("good", good.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await().untilAsserted(() -> assertThat(memory.processed()).containsExactly("1"));
    assertThat(good.takenIds()).containsExactly("1");
  }

  @Test
  void aDestinationThatIsDownForGoodUsesUpTheBudgetAndNothingElse() throws Exception {
    Receiver good = receiver();
    Receiver down = receiver();
    down.answers(500, "password=hunter2", Map.of());
    tool("t", destination("down", down.url(), "") + "," + destination("good", good.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(memory.deadLetters().get(0).reason()).isEqualTo("retries_exhausted");
    assertThat(memory.deadLetters().get(0).message()).isEqualTo("destination 'down' answered 500");
    assertThat(down.asked()).hasSize(RetryPolicy.defaults().maxRetries() + 1);
    assertThat(good.takenIds()).containsExactly("1");
  }

  @Test
  void aHungDestinationSlowsNobodyElse() throws Exception {
    Receiver good = receiver();
    try (ServerSocket hung = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      String nowhere = "http://127.0.0.1:" + hung.getLocalPort() + "/";
      tool(
          "hung",
          destination("hung", nowhere, ", 'timeout': '20s'")
              + ","
              + destination("good", good.url(), ""),
          "");
      tool("other", destination("good", good.url(), ""), "");
      start("127.0.0.1");
      ids("h", 50).forEach(id -> publish(id, "push", "hung", "{}"));
      await().until(() -> good.taken().size() >= 4);
      ids("o", 200).forEach(id -> publish(id, "push", "other", "{}"));
      await().untilAsserted(() -> assertThat(memory.processed()).hasSize(200));
      assertThat(told).as("requests still hang").noneMatch(line -> line.startsWith("hung hung"));
      assertThat(good.takenIds()).doesNotHaveDuplicates();
      assertThat(memory.deadLetters()).isEmpty();
    }
  }

  @Test
  void aRefusalIsNotRepeatedWhileAnotherDestinationIsTriedAgain() throws Exception {
    Receiver refusing = receiver();
    Receiver slow = receiver();
    refusing.answers(422);
    slow.answers(503);
    tool(
        "t",
        destination("refusing", refusing.url(), "") + "," + destination("slow", slow.url(), ""),
        "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await().until(() -> slow.asked().size() >= 2);
    slow.answers(200);
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(memory.deadLetters().get(0).reason()).isEqualTo("not_retryable");
    assertThat(memory.deadLetters().get(0).message()).contains("'refusing' refused it");
    assertThat(refusing.asked()).hasSize(1);
    assertThat(slow.takenIds()).containsExactly("1");
  }

  @Test
  void retryAfterIsHonouredForTheWholeDestination() throws Exception {
    Receiver busy = receiver();
    busy.answers(429, "", Map.of("Retry-After", "1"));
    tool("t", destination("busy", busy.url(), ""), "");
    start("127.0.0.1");
    long start = System.nanoTime();
    publish("1", "push", "t", "{}");
    await().until(() -> busy.asked().size() == 1);
    busy.answers(200);
    publish("2", "push", "t", "{}");
    await().untilAsserted(() -> assertThat(memory.processed()).hasSize(2));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    assertThat(busy.takenIds()).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void theAuditLogTellsWhatADestinationAnswered() throws Exception {
    Receiver crm = receiver();
    crm.answers(503, "disk full, token=hunter2", Map.of());
    tool("t", destination("crm", crm.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await().until(() -> !crm.asked().isEmpty());
    crm.answers(200, "thanks", Map.of());
    await()
        .untilAsserted(
            () -> assertThat(story("1")).contains("forwarded 'crm' answered 200; it said: thanks"));
    assertThat(story("1"))
        .contains("forward_failed 'crm' answered 503; it said: disk full, token=***")
        .allSatisfy(line -> assertThat(line).doesNotContain("hunter2"));
  }

  @Test
  void whatIsStoredEncryptedIsNotKeptFromAnAnswerThatQuotesIt() throws Exception {
    encryption =
        new EncryptionSettings(
            List.of("/card"),
            Map.of("k1", Secret.of(Base64.getEncoder().encodeToString(new byte[32]))));
    Receiver crm = receiver();
    crm.answers(422, "no such card: 4711-0815", Map.of());
    tool("t", destination("crm", crm.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{\"card\":\"4711-0815\"}");
    await().untilAsserted(() -> assertThat(story("1")).hasSize(2));
    assertThat(story("1")).first().isEqualTo("forward_failed 'crm' answered 422");
    assertThat(String.join("", story("1"))).doesNotContain("4711");
  }

  private List<String> story(String eventId) throws Exception {
    return memory.eventStore(WorkerConfig.defaults()).orElseThrow().story(eventId, null).stream()
        .map(line -> line.action() + " " + line.detail())
        .toList();
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    Receiver secret = receiver();
    Receiver open = receiver();
    open.answers(307, "", Map.of("Location", secret.url()));
    tool("t", destination("open", open.url(), ""), "");
    start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(memory.deadLetters().get(0).message()).contains("redirects are not followed");
    assertThat(secret.asked()).isEmpty();
  }

  @Test
  void withoutTheAllowListNothingOnThisMachineIsReached() throws Exception {
    Receiver local = receiver();
    int port = local.port();
    for (String host : List.of("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")) {
      String id = "t" + tools.size();
      tool(id, destination("local", "http://" + host + ":" + port + "/", ""), "");
    }
    start();
    for (String id : tools.keySet()) {
      publish("e-" + id, "push", id, "{}");
    }
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(tools.size()));
    assertThat(memory.deadLetters())
        .allSatisfy(dead -> assertThat(dead.message()).contains("WORKER_FORWARD_ALLOW"));
    assertThat(local.asked()).isEmpty();
  }

  @Test
  void aToolWithoutDestinationsSaysWhatToDo() throws Exception {
    tool("t", "", "");
    start();
    publish("1", "push", "t", "{}");
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(memory.deadLetters().get(0).message()).contains("webhook_config.destinations");
  }

  @Test
  void aDestinationThatFailedForSoLongIsDisabledAndLosesNothingUntilItIsEnabled() throws Exception {
    Receiver good = receiver();
    Receiver down = receiver();
    down.answers(503);
    disableAfter = Duration.ofMillis(1);
    tool("t", destination("down", down.url(), "") + "," + destination("good", good.url(), ""), "");
    Worker worker = start("127.0.0.1");
    publish("1", "push", "t", "{}");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    assertThat(told).containsOnlyOnce("t down disabled").contains("t down 5xx", "t good 2xx");
    assertThat(memory.deadLetters().get(0).message()).contains("'down' is disabled since");
    await()
        .untilAsserted(
            () -> assertThat(story("1")).anyMatch(line -> line.startsWith("destination_disabled")));
    int asked = down.asked().size();
    publish("2", "push", "t", "{}");
    await().untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(2));
    assertThat(down.asked()).hasSize(asked);
    assertThat(good.takenIds()).containsExactly("1", "2");
    assertThat(Objects.requireNonNull(worker.health().components().get("destinations")).status())
        .isEqualTo(HealthStatus.DEGRADED);
    down.answers(200);
    assertThat(worker.enableDestination("t", "down", "ann")).isTrue();
    assertThat(worker.enableDestination("t", "down", "ann")).isFalse();
    publish("3", "push", "t", "{}");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(memory.processed()).containsExactly("3"));
    assertThat(down.takenIds()).containsExactly("3");
    assertThat(worker.destinations()).allMatch(DestinationState::isGood);
  }

  @Test
  void anOperatorEnablesADisabledDestinationAndStandsInTheAuditLog() throws Exception {
    Receiver down = receiver();
    down.answers(503);
    disableAfter = Duration.ofMillis(1);
    tool("t", destination("down", down.url(), ""), "");
    Worker worker = start("127.0.0.1");
    OpsClient ann = OpsClient.of(worker).withToken(TOKEN).with("X-Actor", "ann");
    assertThat(ann.act("/destinations/t/down/enable", "{}").status()).isEqualTo(404);
    publish("1", "push", "t", "{}");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(memory.deadLetters()).hasSize(1));
    JsonNode shown = ann.get("/destinations").body().path("items").path(0);
    assertThat(shown.path("name").asText()).isEqualTo("down");
    assertThat(shown.path("disabled_at").isTextual()).isTrue();
    down.answers(200);
    OpsClient.Reply enabled = ann.act("/destinations/t/down/enable", "{}");
    assertThat(enabled.status()).isEqualTo(200);
    assertThat(worker.events().story(""))
        .anyMatch(
            line -> line.action().equals("destination_enabled") && line.actor().equals("ann"));
    publish("2", "push", "t", "{}");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(memory.processed()).containsExactly("2"));
  }

  @Test
  void aCircuitThatOpensAndClosesIsTold() throws Exception {
    Receiver down = receiver();
    down.answers(500);
    tool("t", destination("down", down.url(), ""), "");
    start("127.0.0.1");
    ids("e", 10).forEach(id -> publish(id, "push", "t", "{}"));
    await().untilAsserted(() -> assertThat(told).contains("t down open"));
    down.answers(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(memory.processed()).hasSize(10));
    assertThat(told).contains("t down half_open", "t down closed", "t down 2xx");
  }
}
