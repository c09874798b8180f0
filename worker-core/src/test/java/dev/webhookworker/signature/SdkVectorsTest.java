package dev.webhookworker.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.Secret;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that the providers' own npm libraries have signed; {@code make-vectors.mjs} beside the
 * file made them, each names its library.
 */
class SdkVectorsTest {

  /** One of them. */
  private record Vector(JsonNode json) {

    Verification verify(String body, long at) {
      Map<String, List<String>> headers = new HashMap<>();
      for (Map.Entry<String, JsonNode> one : json.path("headers").properties()) {
        headers.put(one.getKey(), List.of(one.getValue().textValue()));
      }
      return SignatureVerifiers.OWN
          .named(json.path("verifier").textValue())
          .orElseThrow()
          .verify(
              SignedRequest.of("POST", json.path("url").textValue(), headers, body.getBytes(UTF_8)),
              List.of(Secret.of(json.path("secret").textValue())),
              new TimeWindow(Instant.ofEpochSecond(at), TimeWindow.DEFAULT_TOLERANCE));
    }

    String body() {
      return json.path("body").textValue();
    }

    long at() {
      return json.path("at").longValue();
    }

    @Override
    public String toString() {
      return json.path("origin").textValue() + ", " + body().length() + " characters";
    }
  }

  static Stream<Vector> vectors() throws Exception {
    try (InputStream in =
        SdkVectorsTest.class.getResourceAsStream("/signatures/sdk-vectors.json")) {
      return StreamSupport.stream(Json.MAPPER.readTree(in).spliterator(), false).map(Vector::new);
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void whatAProvidersLibrarySignedIsGenuineAndAnyOtherBodyIsNot(Vector vector) {
    assertThat(vector.verify(vector.body(), vector.at())).isInstanceOf(Verification.Valid.class);
    assertThat(vector.verify(vector.body() + "&x=1", vector.at()))
        .isInstanceOf(Verification.Invalid.class);
  }
}
