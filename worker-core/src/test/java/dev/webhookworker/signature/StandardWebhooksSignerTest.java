package dev.webhookworker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardWebhooksSignerTest {

  private static final String ONE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String BODY = "{\"test\": 2432232314}";

  private static Map<String, String> headers(Instant at, String... secrets) {
    return StandardWebhooksSigner.of(Arrays.stream(secrets).map(Secret::of).toList())
        .headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theExampleOfTheSpecificationIsReproduced() {
    assertThat(headers(Instant.ofEpochSecond(1614265330), ONE))
        .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .containsEntry("webhook-timestamp", "1614265330")
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void receiversWithEitherSecretAcceptARequestDuringARotation() throws Exception {
    Map<String, String> signed = headers(Instant.now(), OTHER, ONE);
    HttpHeaders received = HttpHeaders.of(lists(signed), (name, value) -> true);
    new Webhook(ONE).verify(BODY, received);
    new Webhook(OTHER).verify(BODY, received);
  }

  @Test
  void ourOwnVerifierAcceptsEd25519() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] seed = last32(pair.getPrivate().getEncoded());
    byte[] publicKey = last32(pair.getPublic().getEncoded());
    byte[] both = Arrays.copyOf(seed, 64);
    System.arraycopy(publicKey, 0, both, 32, 32);
    for (byte[] key : List.of(seed, both)) {
      Map<String, String> signed =
          headers(Instant.ofEpochSecond(1_000), "whsk_" + Base64.getEncoder().encodeToString(key));
      assertThat(signed.get("webhook-signature")).startsWith("v1a,");
      Verification verification =
          new StandardWebhooksVerifier()
              .verify(
                  SignedRequest.of(
                      "POST", "", lists(signed), BODY.getBytes(StandardCharsets.UTF_8)),
                  List.of(Secret.of("whpk_" + Base64.getEncoder().encodeToString(publicKey))),
                  new TimeWindow(Instant.ofEpochSecond(1_000), TimeWindow.DEFAULT_TOLERANCE));
      assertThat(verification).isInstanceOf(Verification.Valid.class);
    }
  }

  /** Ed25519 is deterministic; made by {@code crypto.sign} of Node 20. */
  @Test
  void theSignatureIsTheOneThatNodeMakesOfTheSameKeyAndContent() {
    Map<String, String> signed =
        StandardWebhooksSigner.of(
                List.of(Secret.of("whsk_63CMBT4WY3vWSN7JGcE5FkHBtkdsj58nskwlLbN7jtw=")))
            .headers(
                "msg_node",
                Instant.ofEpochSecond(1767225600),
                "{\"text\":\"Grüße\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(signed)
        .containsEntry(
            "webhook-signature",
            "v1a,8coWcg9GIs6Sv5AsmhhKni6oGAShtLwwpT8O2tVlE71Rkv+lzVvwnz04IEPA0PeFCb4PBBNdK9yJ6HCOWJksBQ==");
  }

  private static Map<String, List<String>> lists(Map<String, String> headers) {
    return headers.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
  }

  private static byte[] last32(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"whsec_hunter2", "hunter2!", "whsk_aHVudGVyMg==", "whpk_aHVudGVyMg==", ""})
  void aSecretOfNoUseIsRefusedWithoutShowingIt(String secret) {
    assertThatThrownBy(() -> headers(Instant.now(), secret))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hunter2")
        .hasMessageNotContaining("aHVudGVyMg");
  }
}
