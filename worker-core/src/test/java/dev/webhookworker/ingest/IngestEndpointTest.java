package dev.webhookworker.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.EventPublisher;
import dev.webhookworker.IngestSettings;
import dev.webhookworker.Limits;
import dev.webhookworker.MovableClock;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.Secret;
import dev.webhookworker.SignaturePolicy;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.Sender;
import dev.webhookworker.signature.Signing;
import dev.webhookworker.tool.ToolValidation;
import dev.webhookworker.tool.ToolsFile;
import java.io.InputStream;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestEndpointTest {

  private static final String TOKEN = "let-me-in";
  private static final String TOOLS =
      """
      [{"id": "open", "webhook_config": {"auth_type": "none", "endpoint_path": "/open"}},
       {"id": "token", "tenant_id": "acme", "webhook_config":
         {"auth_type": "bearer", "auth_config": {"token": "let-me-in"}, "endpoint_path": "/token"}},
       {"id": "inside", "webhook_config": {"auth_type": "none", "endpoint_path": "/inside",
         "ip_whitelist": ["192.0.2.0/24", "2001:db8::/32"]}},
       {"id": "off", "status": "inactive", "webhook_config":
         {"auth_type": "none", "endpoint_path": "/off"}},
       {"id": "unsaid", "webhook_config": {"endpoint_path": "/unsaid"}},
       {"id": "numbered", "webhook_config": {"auth_type": "none", "endpoint_path": "/numbered",
         "event_id_pointer": "/nr", "event_type_pointer": "/what"}},
       {"id": "meta", "provider": "meta", "webhook_config": {"auth_type": "signature",
         "auth_config": {"secret": "s", "verify_token": "v"}, "endpoint_path": "/meta"}},
       {"id": "shop", "webhook_config": {"auth_type": "none", "endpoint_path": "/shop",
         "event_id_pointer": "/id", "event_type_header": "X-Topic"}},
       {"id": "shop:eu", "webhook_config": {"auth_type": "none", "endpoint_path": "/shop-eu",
         "event_id_pointer": "/id"}},
       {"id": "forge", "provider": "gitea", "webhook_config": {"auth_type": "hmac",
         "auth_config": {"secret": "s"}, "signature_header": "X-Gitea-Signature",
         "endpoint_path": "/forge"}},
       {"id": "plain-id", "webhook_config": {"auth_type": "none"}}]
      """;

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final List<OutgoingEvent> published = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private OptionalLong depth = OptionalLong.empty();
  private boolean streamIsAway;
  private IngestSettings settings = IngestSettings.DEFAULTS;
  private SignaturePolicy policy = SignaturePolicy.WHEN_PRESENT;
  private String tools = TOOLS;

  private final EventPublisher publisher =
      new EventPublisher() {
        @Override
        public String publish(OutgoingEvent event) {
          if (streamIsAway) {
            throw new PublishException("not published", new IllegalStateException());
          }
          published.add(event);
          return "1-0";
        }

        @Override
        public List<String> publishAll(List<OutgoingEvent> events) {
          return events.stream().map(this::publish).toList();
        }

        @Override
        public void close() {}
      };

  private IngestEndpoint endpoint;

  private IngestEndpoint endpoint() throws Exception {
    if (endpoint == null) {
      endpoint =
          IngestEndpoint.builder(
                  ToolsFile.of(Json.MAPPER.readTree(tools), "tools", ToolValidation.ofDiscovered()),
                  publisher)
              .settings(settings)
              .signatures(policy)
              .limits(new Limits(1000, 20, 255))
              .depth(() -> depth)
              .clock(clock)
              .nanoTime(nanos::get)
              .build();
    }
    return endpoint;
  }

  private IngestResponse send(
      String method, String path, String query, String peer, String body, String... headers)
      throws Exception {
    Map<String, List<String>> all = new HashMap<>();
    all.put("Content-Type", List.of("application/json"));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return endpoint()
        .receive(IngestRequest.of(method, path, query, all, peer, body.getBytes(UTF_8)));
  }

  private IngestResponse post(String path, String body, String... headers) throws Exception {
    return send("POST", path, null, "192.0.2.7", body, headers);
  }

  private JsonNode metadata(int index) throws Exception {
    return Json.MAPPER.readTree(published.get(index).fields().get("metadata"));
  }

  private String eventId(int index) {
    return published.get(index).fields().get("event_id");
  }

  private void withSender(String name, String secret) {
    tools =
        "["
            + Sender.all()
                .filter(sender -> sender.name().equals(name))
                .findFirst()
                .orElseThrow()
                .tool("t", "/in", List.of(secret))
            + "]";
  }

  private static Sender sender(String name) {
    return Sender.all().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private IngestResponse play(String name, String body) throws Exception {
    Sender sender = sender(name);
    Map<String, List<String>> headers = sender.headers("s", "http://h/in", body, clock.instant());
    headers.put("Host", List.of("h"));
    return endpoint()
        .receive(IngestRequest.of("POST", "/in", null, headers, "192.0.2.7", body.getBytes(UTF_8)));
  }

  @Test
  void anAcceptedEventIsPublishedWithItsToolTenantAndTime() throws Exception {
    IngestResponse response =
        post("/token", "{\"type\":\"a.b\"}", "Authorization", "Bearer " + TOKEN);
    assertThat(response.status()).isEqualTo(202);
    assertThat(Json.MAPPER.readTree(response.body()).path("event_id").asText())
        .isEqualTo(eventId(0));
    Map<String, String> fields = published.get(0).fields();
    assertThat(fields)
        .containsEntry("event_type", "a.b")
        .containsEntry("payload", "{\"type\":\"a.b\"}")
        .containsEntry("timestamp", "2026-03-01T12:00:00Z");
    assertThat(metadata(0).path("tool_id").asText()).isEqualTo("token");
    assertThat(Json.MAPPER.readTree(fields.get("auth_context")).path("tenant_id").asText())
        .isEqualTo("acme");
    assertThat(fields.toString()).doesNotContain(TOKEN);
  }

  @Test
  void anUnknownPathAndAnInactiveToolAreNotFound() throws Exception {
    assertThat(post("/nowhere", "{}").status()).isEqualTo(404);
    assertThat(post("/off", "{}")).isEqualTo(post("/nowhere", "{}"));
  }

  @Test
  void aToolWithoutAPathIsServedByItsId() throws Exception {
    assertThat(post("/webhooks/plain-id", "{}").status()).isEqualTo(202);
  }

  @Test
  void onlyPostIsTaken() throws Exception {
    IngestResponse response = send("PUT", "/open", null, "192.0.2.7", "{}");
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers()).containsEntry("Allow", "POST");
  }

  @Test
  void aToolThatSaysNothingAboutItsSendersLetsNobodyIn() throws Exception {
    IngestResponse response = post("/unsaid", "{}");
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.headers()).containsKey("Retry-After");
    assertThat(published).isEmpty();
  }

  @Test
  void everyFailedProofHasTheSameAnswer() throws Exception {
    IngestResponse wrong = post("/token", "{}", "Authorization", "Bearer wrong");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(post("/token", "{}")).isEqualTo(wrong);
    assertThat(post("/token", "{}", "Authorization", "nonsense")).isEqualTo(wrong);
    assertThat(post("/token", "not json", "Authorization", "Bearer wrong")).isEqualTo(wrong);
  }

  @Test
  void onlyAllowedAddressesAreLetIn() throws Exception {
    assertThat(send("POST", "/inside", null, "192.0.2.99", "{}").status()).isEqualTo(202);
    assertThat(send("POST", "/inside", null, "::ffff:192.0.2.99", "{}").status()).isEqualTo(202);
    assertThat(send("POST", "/inside", null, "2001:db8:1::5", "{}").status()).isEqualTo(202);
    assertThat(send("POST", "/inside", null, "192.0.3.1", "{}").status()).isEqualTo(403);
    assertThat(send("POST", "/inside", null, "2001:db9::1", "{}").status()).isEqualTo(403);
    assertThat(send("POST", "/inside", null, "evil.example.com", "{}").status()).isEqualTo(403);
  }

  @Test
  void forwardedAddressesAreBelievedOfTrustedProxiesOnly() throws Exception {
    settings = settings.withTrustedProxies(List.of("10.0.0.0/8"));
    String[] fromInside = {"X-Forwarded-For", "192.0.2.1"};
    assertThat(send("POST", "/inside", null, "203.0.113.1", "{}", fromInside).status())
        .isEqualTo(403);
    assertThat(send("POST", "/inside", null, "10.1.1.1", "{}", fromInside).status()).isEqualTo(202);
    assertThat(
            send(
                    "POST",
                    "/inside",
                    null,
                    "10.1.1.1",
                    "{}",
                    "X-Forwarded-For",
                    "192.0.2.1, 203.0.113.9, 10.2.2.2")
                .status())
        .as("what the client itself wrote in front does not count")
        .isEqualTo(403);
    assertThat(
            send(
                    "POST",
                    "/inside",
                    null,
                    "10.1.1.1",
                    "{}",
                    "X-Forwarded-For",
                    "x, 192.0.2.1:4711, 10.2.2.2")
                .status())
        .isEqualTo(202);
    assertThat(send("POST", "/inside", null, "10.1.1.1", "{}").status()).isEqualTo(403);
  }

  @Test
  void aBodyOverTheLimitIsRefusedWithoutReadingItAll() throws Exception {
    assertThat(post("/open", "\"" + "x".repeat(999) + "\"").status()).isEqualTo(413);
    AtomicLong read = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            read.incrementAndGet();
            return 'x';
          }

          @Override
          public int read(byte[] into, int from, int most) {
            read.addAndGet(most);
            return most;
          }
        };
    IngestRequest request =
        new IngestRequest(
            "POST",
            "http",
            "/open",
            "/open",
            null,
            Map.of("Content-Type", List.of("application/json")),
            "192.0.2.7",
            endless);
    assertThat(endpoint().receive(request).status()).isEqualTo(413);
    assertThat(read).hasValueLessThan(20_000);
    assertThat(post("/open", "{}", "Content-Length", "1001").status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "", "application/xml", "application/json; charset=utf-16"})
  void anotherContentTypeIsRefused(String type) throws Exception {
    assertThat(post("/open", "{}", "Content-Type", type).status()).isEqualTo(415);
  }

  @Test
  void aCompressedBodyIsRefused() throws Exception {
    assertThat(post("/open", "{}", "Content-Encoding", "gzip").status()).isEqualTo(415);
    assertThat(post("/open", "{}", "Content-Encoding", "gzip, gzip").status()).isEqualTo(415);
    assertThat(post("/open", "{}", "Content-Encoding", "identity, gzip").status()).isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"hidden\"", "", "{} {}", "[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]"})
  void aBodyThatIsNotJsonIsToldWithoutQuotingIt(String body) throws Exception {
    IngestResponse response = post("/open", body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).contains("body").doesNotContain("hidden");
  }

  @Test
  void aFormBringsItsPayloadOrItsParameters() throws Exception {
    String[] form = {"Content-Type", "application/x-www-form-urlencoded"};
    assertThat(post("/open", "payload=%7B%22type%22%3A%22x%22%7D", form).status()).isEqualTo(202);
    assertThat(published.get(0).fields()).containsEntry("payload", "{\"type\":\"x\"}");
    assertThat(published.get(0).fields()).containsEntry("event_type", "x");
    assertThat(post("/open", "a=1&b=%C3%BC&a=2", form).status()).isEqualTo(202);
    assertThat(published.get(1).fields().get("payload"))
        .isEqualTo("{\"a\":[\"1\",\"2\"],\"b\":\"ü\"}");
    assertThat(post("/open", "a=%zz", form).status()).isEqualTo(400);
  }

  @Test
  void aClientOverItsRateIsToldWhenToComeAgain() throws Exception {
    settings = settings.withClientRate(1);
    assertThat(post("/open", "1").status()).isEqualTo(202);
    assertThat(post("/open", "2").status()).isEqualTo(202);
    IngestResponse third = post("/open", "3");
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.headers()).containsEntry("Retry-After", "1");
    assertThat(send("POST", "/open", null, "192.0.2.8", "{}").status()).isEqualTo(202);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(post("/open", "4").status()).isEqualTo(202);
  }

  @Test
  void whoIsNotProvedCannotUseUpAnEndpointsRate() throws Exception {
    settings = settings.withEndpointRate(1);
    for (int i = 0; i < 10; i++) {
      assertThat(post("/token", "{}").status()).isEqualTo(401);
    }
    String[] token = {"Authorization", "Bearer " + TOKEN};
    assertThat(post("/token", "1", token).status()).isEqualTo(202);
    assertThat(post("/token", "2", token).status()).isEqualTo(202);
    assertThat(post("/token", "3", token).status()).isEqualTo(429);
  }

  @Test
  void aFullStreamAndAStreamThatIsAwayAskToComeAgain() throws Exception {
    settings = settings.withMaxDepth(10);
    depth = OptionalLong.of(10);
    assertThat(post("/open", "{}").status()).isEqualTo(202);
    depth = OptionalLong.of(11);
    IngestResponse full = post("/open", "{}");
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.headers()).containsEntry("Retry-After", "10");
    depth = OptionalLong.empty();
    streamIsAway = true;
    assertThat(post("/open", "{}")).isEqualTo(full);
    assertThat(endpoint().answers()).containsEntry(503, 2L).containsEntry(202, 1L);
  }

  @Test
  void aReplayCannotPassAsNewByWhatNoSignatureCovers() throws Exception {
    withSender("GitHub", "s");
    Sender gitHub = sender("GitHub");
    for (String delivery : List.of("one", "two")) {
      Map<String, List<String>> headers = gitHub.headers("s", "", gitHub.body(), clock.instant());
      headers.put("X-GitHub-Delivery", List.of(delivery));
      headers.put("X-GitHub-Event", List.of(delivery));
      IngestResponse response =
          endpoint()
              .receive(
                  IngestRequest.of(
                      "POST", "/in", null, headers, "192.0.2.7", gitHub.body().getBytes(UTF_8)));
      assertThat(response.status()).isEqualTo(202);
    }
    assertThat(eventId(0)).startsWith("t:sha256:").isEqualTo(eventId(1));
    assertThat(metadata(1).path("delivery_id").asText()).isEqualTo("two");
    assertThat(play("GitHub", "{\"n\":2}").status()).isEqualTo(202);
    assertThat(eventId(2)).isNotEqualTo(eventId(0));
  }

  @Test
  void oneBodyAsSeveralTopicsIsSeveralEvents() throws Exception {
    withSender("Shopify", "s");
    Sender shopify = sender("Shopify");
    for (String topic : List.of("orders/create", "orders/paid", "orders/updated", "orders/paid")) {
      Map<String, List<String>> headers = shopify.headers("s", "", "{}", clock.instant());
      headers.put("X-Shopify-Topic", List.of(topic));
      IngestRequest request =
          IngestRequest.of("POST", "/in", null, headers, "192.0.2.7", "{}".getBytes(UTF_8));
      assertThat(endpoint().receive(request).status()).isEqualTo(202);
    }
    assertThat(List.of(eventId(0), eventId(1), eventId(2))).doesNotHaveDuplicates();
    assertThat(eventId(3)).isEqualTo(eventId(1));
    endpoint = null;
    tools = TOOLS;
    assertThat(post("/shop", "{}", "X-Topic", "made").status()).isEqualTo(202);
    assertThat(post("/shop", "{}", "X-Topic", "gone").status()).isEqualTo(202);
    assertThat(eventId(4)).isNotEqualTo(eventId(5));
  }

  @Test
  void noSenderCanTakeTheIdOfAnotherToolsEvent() throws Exception {
    assertThat(post("/shop", "{\"id\":\"eu:evt_1\"}").status()).isEqualTo(202);
    assertThat(post("/shop-eu", "{\"id\":\"evt_1\"}").status()).isEqualTo(202);
    assertThat(List.of(eventId(0), eventId(1))).containsExactly("shop:eu:evt_1", "shop%3Aeu:evt_1");
  }

  @Test
  void aForgesFormIsSignedByItsJson() throws Exception {
    String json = "{\"ref\":\"é & ü\"}";
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("s".getBytes(UTF_8), "HmacSHA256"));
    String signature = HexFormat.of().formatHex(mac.doFinal(json.getBytes(UTF_8)));
    String[] headers = {
      "Content-Type", "application/x-www-form-urlencoded", "X-Gitea-Signature", signature
    };
    String form = "payload=" + URLEncoder.encode(json, UTF_8);
    assertThat(post("/forge", form, headers).status()).isEqualTo(202);
    assertThat(published.get(0).fields()).containsEntry("payload", json);
    assertThat(post("/forge", form.replace("ref", "%72ef"), headers).status()).isEqualTo(202);
    assertThat(eventId(1)).as("the same, encoded in another way").isEqualTo(eventId(0));
    assertThat(post("/forge", form + "&ref=main", headers).status()).isEqualTo(400);
    assertThat(post("/forge", form.replace("ref", "rev"), headers).status()).isEqualTo(401);
  }

  @Test
  void whatIsNoUtf8OrIsJsonIsNoForm() throws Exception {
    for (String body : List.of("name=caf%E9", "a=%", "a=%4", "a=%zz", "{\"nr\":1}", "[1]")) {
      assertThat(post("/open", body, "Content-Type", "application/x-www-form-urlencoded").status())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(
            post("/open", "flag&b=2&c=%41+%42", "Content-Type", "application/x-www-form-urlencoded")
                .status())
        .isEqualTo(202);
    assertThat(published.get(0).fields())
        .containsEntry("payload", "{\"flag\":\"\",\"b\":\"2\",\"c\":\"A B\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf8",
        "application/json;charset=\"UTF-8\"",
        "application/cloudevents+json"
      })
  void theNamesOfUtf8AreTaken(String type) throws Exception {
    assertThat(post("/open", "{}", "Content-Type", type).status()).isEqualTo(202);
  }

  @Test
  void aGivenIdIsNeverTheHashOfAnotherEvent() throws Exception {
    assertThat(post("/numbered", "{\"what\":\"made\"}").status()).isEqualTo(202);
    String hash = eventId(0).substring("numbered:".length());
    assertThat(post("/numbered", "{\"nr\":\"" + hash + "\"}").status()).isEqualTo(202);
    String tooLong = "\"" + "x".repeat(300) + "\"";
    assertThat(post("/numbered", tooLong).status()).isEqualTo(202);
    assertThat(post("/numbered", "{\"nr\":" + tooLong + "}").status()).isEqualTo(202);
    assertThat(List.of(eventId(0), eventId(1), eventId(2), eventId(3))).doesNotHaveDuplicates();
  }

  @Test
  void anIdThatIsSignedIsTheEventsId() throws Exception {
    withSender("Standard Webhooks v1", "s");
    assertThat(play("Standard Webhooks v1", "{}").status()).isEqualTo(202);
    assertThat(eventId(0)).isEqualTo("t:msg_1");
    endpoint = null;
    withSender("Stripe", "s");
    assertThat(play("Stripe", "{\"id\":\"evt_7\",\"type\":\"invoice.paid\"}").status())
        .isEqualTo(202);
    assertThat(eventId(1)).isEqualTo("t:evt_7");
    assertThat(published.get(1).fields()).containsEntry("event_type", "invoice.paid");
  }

  @Test
  void twilioSignsTheUrlThatItsProxyWasCalledBy() throws Exception {
    settings = settings.withTrustedProxies(List.of("10.0.0.1"));
    withSender("Twilio, form", "s");
    String body = "{\"CallStatus\":\"ringing\"}";
    String query =
        "bodySHA256="
            + HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8)));
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec("s".getBytes(UTF_8), "HmacSHA1"));
    String signature =
        Base64.getEncoder()
            .encodeToString(mac.doFinal(("https://hooks.acme.com/in?" + query).getBytes(UTF_8)));
    String[] headers = {
      "Host", "10.0.0.9:8080",
      "X-Forwarded-Proto", "HTTPS, http",
      "X-Forwarded-Host", "hooks.acme.com, 10.0.0.9",
      "X-Twilio-Signature", signature
    };
    assertThat(send("POST", "/in", query, "10.0.0.1", body, headers).status()).isEqualTo(204);
    assertThat(published.get(0).fields()).containsEntry("event_type", "ringing");
    assertThat(send("POST", "/in", query, "192.0.2.7", body, headers).status()).isEqualTo(401);
    assertThat(send("POST", "/in", query, "10.0.0.1", body + " ", headers).status()).isEqualTo(401);
  }

  @Test
  void anIdThatCanBeNoNameIsHashed() throws Exception {
    String hostile = "{\"nr\":\"" + "x".repeat(300) + "\",\"what\":\"a\\nb\"}";
    assertThat(post("/numbered", hostile).status()).isEqualTo(202);
    assertThat(eventId(0)).startsWith("numbered:sha256:");
    assertThat(published.get(0).fields()).containsEntry("event_type", "unknown");
    assertThat(post("/numbered", "{\"nr\":17,\"what\":\"made\"}").status()).isEqualTo(202);
    assertThat(eventId(1)).isEqualTo("numbered:17");
    assertThat(published.get(1).fields()).containsEntry("event_type", "made");
  }

  @Test
  void theProofGoesAlongOnlyWhereTheWorkerWantsItAndItHoldsNoSecret() throws Exception {
    withSender("GitHub", "s");
    play("GitHub", "{}");
    assertThat(metadata(0).has("headers")).isFalse();
    endpoint = null;
    policy = SignaturePolicy.REQUIRED;
    play("GitHub", "{}");
    assertThat(metadata(1).path("headers").fieldNames())
        .toIterable()
        .containsExactly("X-Hub-Signature-256");
    endpoint = null;
    withSender("GitLab, token", "s");
    play("GitLab, token", "{}");
    assertThat(metadata(2).has("headers")).isFalse();
  }

  @Test
  void anEventIsAnsweredAsItsProviderAsks() throws Exception {
    for (String sender : List.of("Zoom", "Slack", "GitHub")) {
      endpoint = null;
      withSender(sender, "s");
      IngestResponse answer = play(sender, "{\"event\":\"a\",\"event_id\":\"" + sender + "\"}");
      switch (sender) {
        case "Zoom" -> assertThat(answer.status()).isEqualTo(204);
        case "Slack" -> assertThat(answer.status()).isEqualTo(200);
        default -> assertThat(answer.status()).isEqualTo(202);
      }
      assertThat(answer.body().isEmpty()).as(sender).isEqualTo(!sender.equals("GitHub"));
    }
    assertThat(published).hasSize(3);
  }

  @Test
  void handshakesAreAnsweredAndAreNoEvents() throws Exception {
    withSender("Slack", "s");
    IngestResponse slack =
        play("Slack", "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aB10FEMAGAZd4FyFQ\"}");
    assertThat(slack.status()).isEqualTo(200);
    assertThat(slack.body()).isEqualTo("3eZbrw1aB10FEMAGAZd4FyFQ");
    assertThat(slack.headers().get("Content-Type")).startsWith("text/plain");

    endpoint = null;
    withSender("Discord", "s");
    assertThat(play("Discord", "{\"version\":1,\"type\":0}").status()).isEqualTo(204);
    assertThat(play("Discord", "{\"type\":1,\"token\":\"t\"}").body()).isEqualTo("{\"type\":1}");

    endpoint = null;
    withSender("Zoom", "s");
    IngestResponse zoom =
        play("Zoom", "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"q\"}}");
    assertThat(Json.MAPPER.readTree(zoom.body()).path("encryptedToken").asText())
        .isEqualTo(Signing.hmacSha256Hex(Secret.of("s"), "q"));
    assertThat(published).isEmpty();
  }

  @Test
  void whileASecretIsRotatedAHandshakeUsesTheOneThatSignedIt() throws Exception {
    String request = "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"q\"}}";
    for (List<String> secrets : List.of(List.of("new", "s"), List.of("s", "old"))) {
      endpoint = null;
      tools = "[" + sender("Zoom").tool("t", "/in", secrets) + "]";
      // Signed with "s".
      IngestResponse zoom = play("Zoom", request);
      assertThat(Json.MAPPER.readTree(zoom.body()).path("encryptedToken").asText())
          .as("secrets %s", secrets)
          .isEqualTo(Signing.hmacSha256Hex(Secret.of("s"), "q"));
    }
  }

  @Test
  void aSubscriptionNeedsItsTokenAndAPlainChallenge() throws Exception {
    String asks = "hub.mode=subscribe&hub.challenge=12345&hub.verify_token=";
    assertThat(send("GET", "/meta", asks + "v", "192.0.2.7", "").body()).isEqualTo("12345");
    assertThat(send("GET", "/meta", asks + "w", "192.0.2.7", "").status()).isEqualTo(405);
    assertThat(
            send("GET", "/meta", asks.replace("12345", "%3Cscript%3E%0A") + "v", "192.0.2.7", "")
                .status())
        .isEqualTo(405);
    assertThat(send("GET", "/open", asks + "v", "192.0.2.7", "").status()).isEqualTo(405);
  }
}
