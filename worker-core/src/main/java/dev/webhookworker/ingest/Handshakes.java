package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.Secret;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.signature.Authentication;
import dev.webhookworker.signature.FormBody;
import dev.webhookworker.signature.Signing;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The questions by which providers make sure that an endpoint is there. What comes by POST has been
 * verified like any event; none of it becomes one.
 */
final class Handshakes {

  private static final int LONGEST_CHALLENGE = 500;

  private Handshakes() {}

  /**
   * The answer to a verified request that is a handshake; empty when it is an event.
   *
   * @param signer which of several active secrets the request was signed with
   */
  static Optional<IngestResponse> answer(
      @Nullable Authentication authentication,
      JsonNode payload,
      Function<Authentication, Optional<Secret>> signer) {
    if (authentication == null) {
      return Optional.empty();
    }
    return switch (authentication.verifier().name()) {
      case "slack" -> slack(payload);
      case "discord" -> discord(payload);
      case "zoom" -> zoom(payload, () -> signer.apply(authentication));
      default -> Optional.empty();
    };
  }

  private static Optional<IngestResponse> slack(JsonNode payload) {
    return payload.path("type").asText().equals("url_verification")
        ? text(payload.path("challenge").asText())
        : Optional.empty();
  }

  /** Webhook events ping with type 0, interactions with type 1 and a token. */
  private static Optional<IngestResponse> discord(JsonNode payload) {
    int type = payload.path("type").asInt(-1);
    if (type == 0) {
      return Optional.of(IngestResponse.of(204, "application/json", ""));
    }
    boolean interaction = payload.has("token") && !payload.has("event");
    return type == 1 && interaction
        ? Optional.of(IngestResponse.of(200, "application/json", "{\"type\":1}"))
        : Optional.empty();
  }

  private static Optional<IngestResponse> zoom(
      JsonNode payload, Supplier<Optional<Secret>> signer) {
    String token = payload.at("/payload/plainToken").asText();
    if (!payload.path("event").asText().equals("endpoint.url_validation") || token.isEmpty()) {
      return Optional.empty();
    }
    return signer
        .get()
        .map(
            secret ->
                IngestResponse.of(
                    200,
                    "application/json",
                    Json.MAPPER
                        .createObjectNode()
                        .put("plainToken", token)
                        .put("encryptedToken", Signing.hmacSha256Hex(secret, token))
                        .toString()));
  }

  /** Meta's subscription by GET; empty unless it shows the tool's {@code verify_token}. */
  static Optional<IngestResponse> subscription(
      @Nullable Authentication authentication, @Nullable String query) {
    if (authentication == null || query == null) {
      return Optional.empty();
    }
    try {
      FormBody parameters = FormBody.parse(query);
      String token = parameters.first("hub.verify_token");
      String challenge = parameters.first("hub.challenge");
      boolean subscribes = "subscribe".equals(parameters.first("hub.mode"));
      return subscribes && challenge != null && token != null && authentication.isVerifyToken(token)
          ? text(challenge)
          : Optional.empty();
    } catch (IllegalArgumentException notAQuery) {
      return Optional.empty();
    }
  }

  private static Optional<IngestResponse> text(String challenge) {
    boolean plain =
        !challenge.isEmpty()
            && challenge.length() <= LONGEST_CHALLENGE
            && challenge.chars().allMatch(c -> c > ' ' && c < 0x7F);
    return plain ? Optional.of(IngestResponse.of(200, "text/plain", challenge)) : Optional.empty();
  }
}
