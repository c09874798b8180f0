package dev.webhookworker.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.app_backend.SlackSignature;
import com.stripe.net.Webhook;
import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verifiers against what the providers publish: examples and their own libraries. */
class PublishedExamplesTest {

  private static final String SECRET = "It's a Secret to Everybody";
  private final Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());

  private static Verification verify(
      String verifier, String secret, Instant at, String url, String body, String... headers) {
    SignatureVerifier found = SignatureVerifiers.OWN.named(verifier).orElseThrow();
    Map<String, List<String>> all = new java.util.HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return found.verify(
        SignedRequest.of("POST", url, all, body.getBytes(UTF_8)),
        List.of(Secret.of(secret)),
        new TimeWindow(at, TimeWindow.DEFAULT_TOLERANCE));
  }

  private static void accepts(Verification verification) {
    assertThat(verification).isInstanceOf(Verification.Valid.class);
  }

  @Test
  void gitHub() {
    accepts(
        verify(
            "github",
            SECRET,
            now,
            "",
            "Hello, World!",
            "X-Hub-Signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  }

  @Test
  void bitbucket() {
    accepts(
        verify(
            "bitbucket",
            SECRET,
            now,
            "",
            "Hello World!",
            "X-Hub-Signature",
            "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"));
  }

  @Test
  void slack() {
    String body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
            + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
            + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
            + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
            + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    accepts(
        verify(
            "slack",
            "8f742231b10e8888abcd99yyyzzz85a5",
            Instant.ofEpochSecond(1531420618),
            "",
            body,
            "X-Slack-Signature",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "X-Slack-Request-Timestamp",
            "1531420618"));
  }

  @Test
  void twilio() {
    accepts(
        verify(
            "twilio",
            "12345",
            now,
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309"
                + "&To=%2B18005551212",
            "X-Twilio-Signature",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  }

  @Test
  void standardWebhooks() {
    assertThat(
            verify(
                "standard-webhooks",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                Instant.ofEpochSecond(1614265330),
                "",
                "{\"test\": 2432232314}",
                "webhook-id",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp",
                "1614265330",
                "webhook-signature",
                "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
                    + "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="))
        .isEqualTo(new Verification.Valid("msg_p5jXN8AQM9LWM0D4loKWxJek"));
  }

  /** RFC 8032, 7.1, TEST 3: the signature that v1a and Discord rest on. */
  @Test
  void ed25519() {
    HexFormat hex = HexFormat.of();
    assertThat(
            Ed25519.isGenuine(
                hex.parseHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
                hex.parseHex(
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
                hex.parseHex("af"),
                hex.parseHex("82")))
        .isTrue();
  }

  @Test
  void whatStandardWebhooksLibrarySignsPasses() throws Exception {
    String secret = "whsec_" + Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8));
    var library = new com.standardwebhooks.Webhook(secret);
    String signature = library.sign("msg_9", now.getEpochSecond(), "{\"a\":\"ü\"}");
    accepts(
        verify(
            "svix",
            secret,
            now,
            "",
            "{\"a\":\"ü\"}",
            "svix-id",
            "msg_9",
            "svix-timestamp",
            "" + now.getEpochSecond(),
            "svix-signature",
            signature));
  }

  @Test
  void whatSlacksLibrarySignsPasses() {
    String timestamp = "" + now.getEpochSecond();
    accepts(
        verify(
            "slack",
            SECRET,
            now,
            "",
            "{\"a\":\"ü\"}",
            "X-Slack-Signature",
            new SlackSignature.Generator(SECRET).generate(timestamp, "{\"a\":\"ü\"}"),
            "X-Slack-Request-Timestamp",
            timestamp));
  }

  @Test
  void stripesLibraryAcceptsAndRefusesTheSame() throws Exception {
    String body = "{\"id\":\"evt_1\",\"object\":\"event\",\"note\":\"ü\"}";
    long time = now.getEpochSecond();
    String header =
        "t=" + time + ",v1=" + Webhook.Util.computeHmacSha256(SECRET, time + "." + body);
    assertThat(Webhook.Signature.verifyHeader(body, header, SECRET, 300)).isTrue();
    accepts(verify("stripe", SECRET, now, "", body, "Stripe-Signature", header));
    assertThat(verify("stripe", SECRET, now.plusSeconds(301), "", body, "Stripe-Signature", header))
        .isEqualTo(Verification.invalid(Verification.Reason.OUT_OF_TIME));
  }

  @Test
  void twilioSignsTheHashOfAJsonBodyAndIsNotOfOneMindAboutThePort() throws Exception {
    String json = "{\"CallSid\":\"CA1234567890ABCDE\",\"Caller\":\"+12349013030\"}";
    for (String url : List.of("https://example.com/app", "https://example.com:443/app?a=b%20c")) {
      String hashed =
          url + (url.contains("?") ? "&" : "?") + "bodySHA256=" + hash(json.getBytes(UTF_8));
      for (String signedUrl : List.of(hashed, hashed.replace(":443", ""))) {
        String signature =
            Sender.base64(Sender.hmac("HmacSHA1", SECRET, signedUrl.getBytes(UTF_8)));
        accepts(verify("twilio", SECRET, now, hashed, json, "X-Twilio-Signature", signature));
        assertThat(
                verify("twilio", SECRET, now, hashed, json + " ", "X-Twilio-Signature", signature))
            .isInstanceOf(Verification.Invalid.class);
      }
    }
  }

  private static String hash(byte[] body) throws Exception {
    return Sender.hex(Sender.sha256(body));
  }
}
