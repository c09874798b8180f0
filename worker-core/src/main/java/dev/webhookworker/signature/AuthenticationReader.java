package dev.webhookworker.signature;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.webhookworker.Secret;
import dev.webhookworker.config.Durations;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.ToolConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code auth_type}, {@code auth_config}, {@code signature_header} and {@code
 * signature_algorithm} of a tool (docs/signatures.md). Thread-safe.
 */
public final class AuthenticationReader {

  private static final List<String> SECRET_FIELDS =
      List.of("secret", "secrets", "token", "tokens", "public_key", "public_keys");

  private static final Duration LONGEST_TOLERANCE = Duration.ofHours(24);

  private final SignatureVerifiers verifiers;

  public AuthenticationReader(SignatureVerifiers verifiers) {
    this.verifiers = verifiers;
  }

  /** Whether the tool says itself that anyone may send it events. */
  public static boolean isOpen(ToolConfig tool) {
    return authType(tool).equals("none");
  }

  /**
   * The authentication of a tool; empty when it has none.
   *
   * @throws IllegalArgumentException when it can't be used; the message says what would be right
   *     and holds no secret
   */
  public Optional<Authentication> read(ToolConfig tool) {
    String type = authType(tool);
    if (type.isEmpty() || type.equals("none")) {
      return Optional.empty();
    }
    JsonNode webhook = webhookOf(tool);
    JsonNode config = webhook.path("auth_config");
    SignatureVerifier verifier = verifier(type, tool, webhook);
    List<Secret> secrets = type.equals("basic") ? basic(config) : secrets(config);
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException(
          type.equals("basic")
              ? "auth_config needs 'username' and 'password'"
              : "auth_config needs a 'secret' (or 'secrets', a list of those that are active)");
    }
    secrets.forEach(verifier::checkSecret);
    return Optional.of(
        new Authentication(
            verifier,
            secrets,
            tolerance(config.get("tolerance")),
            config.path("url").textValue(),
            config.path("verify_token").isTextual()
                ? Secret.of(config.path("verify_token").textValue())
                : null,
            config.path("require_headers").asBoolean(false)));
  }

  private static String authType(ToolConfig tool) {
    return webhookOf(tool).path("auth_type").asText("").trim().toLowerCase(Locale.ROOT);
  }

  private static JsonNode webhookOf(ToolConfig tool) {
    JsonNode webhook = tool.webhookConfig();
    return webhook == null ? MissingNode.getInstance() : webhook;
  }

  private SignatureVerifier verifier(String type, ToolConfig tool, JsonNode webhook) {
    String header = webhook.path("signature_header").asText("").trim();
    String scheme = webhook.path("auth_config").path("scheme").asText(tool.provider());
    return switch (type) {
      case "bearer" -> new TokenVerifier(header.isEmpty() ? "Authorization" : header);
      case "basic" -> new BasicVerifier();
      case "signature" -> named(scheme);
      case "hmac" -> header.isEmpty() ? named(scheme) : plainHmac(header, webhook);
      default ->
          throw new IllegalArgumentException(
              "auth_type '" + type + "' is none of hmac, bearer, basic, signature, none");
    };
  }

  private SignatureVerifier named(String scheme) {
    return verifiers
        .named(scheme)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no signature scheme is named '"
                        + scheme
                        + "' (auth_config.scheme, else the tool's provider); there are "
                        + verifiers.names()
                        + ", or auth_type hmac with a signature_header"));
  }

  /** {@code sha256}, {@code hmac-sha256}, {@code HmacSHA512}, {@code sha256-base64}. */
  private static HmacVerifier plainHmac(String header, JsonNode webhook) {
    String wanted =
        webhook.path("signature_algorithm").asText("sha256").toLowerCase(Locale.ROOT).trim();
    JsonNode config = webhook.path("auth_config");
    String encoding = config.path("encoding").asText("hex").toLowerCase(Locale.ROOT);
    String bare = wanted.replaceFirst("^hmac[-_]?", "").replaceFirst("sha[-_]", "sha");
    if (bare.endsWith("-base64") || bare.endsWith("-hex")) {
      encoding = bare.substring(bare.lastIndexOf('-') + 1);
      bare = bare.substring(0, bare.lastIndexOf('-'));
    }
    return new HmacVerifier(
        "hmac",
        List.of(header),
        algorithm(bare, wanted),
        switch (encoding) {
          case "hex" -> SignatureEncoding.HEX;
          case "base64" -> SignatureEncoding.BASE64;
          default ->
              throw new IllegalArgumentException(
                  "encoding '" + encoding + "' is neither hex nor base64");
        },
        config.path("prefix").asText(""));
  }

  private static HmacAlgorithm algorithm(String bare, String wanted) {
    for (HmacAlgorithm algorithm : HmacAlgorithm.values()) {
      if (algorithm.name().toLowerCase(Locale.ROOT).equals(bare)) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "signature_algorithm '" + wanted + "' is none of sha1, sha256, sha384, sha512");
  }

  private static List<Secret> secrets(JsonNode config) {
    List<Secret> secrets = new ArrayList<>();
    for (String field : SECRET_FIELDS) {
      JsonNode value = config.path(field);
      if (value.isTextual()) {
        add(value, secrets);
      }
      value.elements().forEachRemaining(one -> add(one, secrets));
    }
    return secrets;
  }

  private static void add(JsonNode value, List<Secret> secrets) {
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException("auth_config has a secret that is empty or not a text");
    }
    secrets.add(Secret.of(whole(value.textValue())));
  }

  /** No sender's secret ends in a line break: it came with the file that it was copied from. */
  private static String whole(String secret) {
    if (secret.endsWith("\n") || secret.endsWith("\r")) {
      throw new IllegalArgumentException(
          "auth_config has a secret that ends in a line break; take it away");
    }
    return secret;
  }

  /** One user and password, or a list of them as {@code users}. */
  private static List<Secret> basic(JsonNode config) {
    List<Secret> secrets = new ArrayList<>();
    List<JsonNode> users = new ArrayList<>(List.of(config));
    config.path("users").elements().forEachRemaining(users::add);
    for (JsonNode user : users) {
      String name = user.path("username").asText("");
      String password = user.path("password").asText("");
      if (!name.isEmpty() && !password.isEmpty()) {
        if (name.contains(":")) {
          throw new IllegalArgumentException(
              "auth_config has a username with a colon, which no Basic credentials can have");
        }
        secrets.add(Secret.of(name + ":" + whole(password)));
      }
    }
    return secrets;
  }

  /** A number of seconds, or a duration such as {@code 5m}. */
  private static Duration tolerance(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return TimeWindow.DEFAULT_TOLERANCE;
    }
    Duration tolerance =
        value.isIntegralNumber()
            ? Duration.ofSeconds(value.longValue())
            : Durations.parse(value.asText());
    if (tolerance.isNegative()
        || tolerance.isZero()
        || tolerance.compareTo(LONGEST_TOLERANCE) > 0) {
      throw new IllegalArgumentException("tolerance must be from 1s to 24h");
    }
    return tolerance;
  }
}
