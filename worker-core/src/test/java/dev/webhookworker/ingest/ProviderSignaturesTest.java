package dev.webhookworker.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.MovableClock;
import dev.webhookworker.Worker;
import dev.webhookworker.WorkerConfig;
import dev.webhookworker.memory.InMemoryDeadLetter;
import dev.webhookworker.memory.InMemoryModule;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.Sender;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** For each provider, by both ways in: what is genuine passes, and nothing else does. */
class ProviderSignaturesTest {

  private static final String SECRET = "the first secret of the tool";
  private static final String NEXT_SECRET = "the secret that follows it";
  private static final String OTHERS_SECRET = "the secret of another tool";
  private static final String HOST = "hooks.example.com";
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final MovableClock CLOCK = new MovableClock(NOW);
  private static final InMemoryModule MEMORY = InMemoryModule.create(CLOCK);
  private static final AtomicInteger EVENTS = new AtomicInteger();
  private static Worker worker;
  private static IngestEndpoint ingest;

  /** How a request becomes work. */
  enum Way {
    INGEST {
      @Override
      boolean takes(Sender sender) {
        return true;
      }

      @Override
      boolean accepts(Sender sender, Map<String, List<String>> headers, String body) {
        Map<String, List<String>> all = new HashMap<>(headers);
        all.put("Host", List.of(HOST));
        IngestResponse response =
            ingest.receive(
                IngestRequest.of(
                    "POST", path(sender), null, all, "192.0.2.1", body.getBytes(UTF_8)));
        boolean accepted = response.status() / 100 == 2;
        if (!accepted) {
          assertThat(response).isEqualTo(Refusal.unauthorized("whatever").response());
        }
        return accepted;
      }
    },
    WORKER {
      /** A form is no payload: who publishes it has to verify it. */
      @Override
      boolean takes(Sender sender) {
        return sender.contentType().startsWith("application/json");
      }

      @Override
      boolean accepts(Sender sender, Map<String, List<String>> headers, String body) {
        String eventId = "event-" + EVENTS.incrementAndGet();
        ObjectNode metadata = Json.MAPPER.createObjectNode().put("tool_id", id(sender));
        metadata.put("url", url(sender));
        metadata.set("headers", Json.MAPPER.valueToTree(headers));
        String entryId =
            MEMORY.publish(
                Map.of(
                    "event_id",
                    eventId,
                    "event_type",
                    "thing.made",
                    "payload",
                    body,
                    "metadata",
                    metadata.toString()));
        await()
            .pollInterval(Duration.ofMillis(2))
            .until(() -> MEMORY.processed().contains(eventId) || deadLetter(entryId).isPresent());
        deadLetter(entryId)
            .ifPresent(
                dead -> {
                  assertThat(dead.reason()).isEqualTo("signature_invalid");
                  assertThat(dead.message())
                      .startsWith("the event is not proved to come from the tool '")
                      .doesNotContain("secret ", "first", "missing", "time", "mismatch");
                });
        return deadLetter(entryId).isEmpty();
      }
    };

    abstract boolean takes(Sender sender);

    abstract boolean accepts(Sender sender, Map<String, List<String>> headers, String body);
  }

  static Stream<Arguments> cases() {
    return Stream.of(Way.values())
        .flatMap(way -> Sender.all().filter(way::takes).map(sender -> Arguments.of(way, sender)));
  }

  @BeforeAll
  static void start() throws Exception {
    ArrayNode tools = Json.MAPPER.createArrayNode();
    Sender.all()
        .forEach(
            sender ->
                tools.add(sender.tool(id(sender), path(sender), List.of(SECRET, NEXT_SECRET))));
    ToolsFile file = ToolsFile.of(tools, "the test's tools", ToolValidation.ofDiscovered());
    worker =
        Worker.builder()
            .discovery(false)
            .clock(CLOCK)
            .install(MEMORY)
            .toolConfigExtractor(file)
            .toolDirectory(file)
            .config(WorkerConfig.builder().blockTimeout(Duration.ofMillis(5)).build())
            .build();
    ingest = worker.ingest(MEMORY.publisher());
    worker.start();
  }

  @AfterAll
  static void stop() {
    worker.close();
  }

  private static String id(Sender sender) {
    return sender.name().replaceAll("\\W+", "-");
  }

  private static String path(Sender sender) {
    return "/in/" + id(sender);
  }

  private static String url(Sender sender) {
    return "http://" + HOST + path(sender);
  }

  private static Optional<InMemoryDeadLetter> deadLetter(String entryId) {
    return MEMORY.deadLetters().stream().filter(dead -> dead.entryId().equals(entryId)).findFirst();
  }

  private static Map<String, List<String>> signed(Sender sender, String secret, Instant at) {
    return sender.headers(secret, url(sender), sender.body(), at);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aGenuineRequestPasses(Way way, Sender sender) {
    assertThat(way.accepts(sender, signed(sender, SECRET, NOW), sender.body())).isTrue();
    assertThat(way.accepts(sender, signed(sender, SECRET, NOW.minusSeconds(299)), sender.body()))
        .isTrue();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aSecondActiveSecretPasses(Way way, Sender sender) {
    assertThat(way.accepts(sender, signed(sender, NEXT_SECRET, NOW), sender.body())).isTrue();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void anotherToolsSecretDoesNotPass(Way way, Sender sender) {
    assertThat(way.accepts(sender, signed(sender, OTHERS_SECRET, NOW), sender.body())).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aWrongProofDoesNotPass(Way way, Sender sender) {
    String proof = signed(sender, SECRET, NOW).get(sender.proof()).get(0);
    for (String wrong :
        List.of(
            proof.substring(0, proof.length() - 4) + (proof.endsWith("AAAA") ? "BBBB" : "AAAA"),
            proof.substring(0, proof.length() / 2),
            proof + "00",
            "\u0000",
            "v1,",
            "=")) {
      Map<String, List<String>> headers = signed(sender, SECRET, NOW);
      headers.put(sender.proof(), List.of(wrong));
      assertThat(way.accepts(sender, headers, sender.body())).as(wrong).isFalse();
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aRequestWithoutItsProofDoesNotPass(Way way, Sender sender) {
    Map<String, List<String>> headers = signed(sender, SECRET, NOW);
    headers.remove(sender.proof());
    assertThat(way.accepts(sender, headers, sender.body())).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aProofThatIsThereTwiceDoesNotPass(Way way, Sender sender) {
    Map<String, List<String>> headers = signed(sender, SECRET, NOW);
    String proof = headers.get(sender.proof()).get(0);
    headers.put(sender.proof(), List.of(proof, proof));
    assertThat(way.accepts(sender, headers, sender.body())).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void aChangedBodyPassesOnlyWhereNothingCoversIt(Way way, Sender sender) {
    String changed =
        sender.contentType().endsWith("urlencoded")
            ? sender.body().replace("a", "b")
            : sender.body().replace("1}", "2}");
    assertThat(changed).isNotEqualTo(sender.body());
    assertThat(way.accepts(sender, signed(sender, SECRET, NOW), changed))
        .isEqualTo(!sender.coversBody());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void anOldOrEarlyRequestPassesOnlyWhereItHasNoTime(Way way, Sender sender) {
    for (Duration off : List.of(Duration.ofSeconds(-301), Duration.ofSeconds(301))) {
      assertThat(way.accepts(sender, signed(sender, SECRET, NOW.plus(off)), sender.body()))
          .isEqualTo(!sender.timed());
    }
  }
}
