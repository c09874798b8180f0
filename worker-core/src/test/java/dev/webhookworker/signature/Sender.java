package dev.webhookworker.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhookworker.pipeline.Json;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A provider as its documentation describes it, played by a test; signs by itself, not by what is
 * tested.
 *
 * @param name of the sender, shown by the test
 * @param provider the tool's provider
 * @param webhook what the tool's webhook_config says besides the secrets
 * @param timed whether the signature ages
 * @param coversBody whether a changed body is noticed
 * @param proof the header without which nothing is proved
 * @param body what is sent
 * @param configured makes of a secret what the tool's configuration holds
 */
public record Sender(
    String name,
    String provider,
    String webhook,
    boolean timed,
    boolean coversBody,
    String proof,
    String contentType,
    String body,
    UnaryOperator<String> configured,
    Signer signer) {

  /** Signs one request. */
  public interface Signer {
    Map<String, String> sign(String secret, String url, byte[] body, long epochSecond)
        throws GeneralSecurityException;
  }

  private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

  @Override
  public String toString() {
    return name;
  }

  /** The headers of a request, by their names. */
  public Map<String, List<String>> headers(String secret, String url, String sent, Instant at) {
    try {
      Map<String, List<String>> headers = new LinkedHashMap<>();
      headers.put("Content-Type", List.of(contentType));
      signer
          .sign(secret, url, sent.getBytes(UTF_8), at.getEpochSecond())
          .forEach((header, value) -> headers.put(header, List.of(value)));
      return headers;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The tool that this sender sends to, in the format of a tools file. */
  public ObjectNode tool(String id, String path, List<String> secrets) {
    try {
      ObjectNode tool = Json.MAPPER.createObjectNode();
      tool.put("id", id).put("provider", provider);
      ObjectNode config = (ObjectNode) Json.MAPPER.readTree(webhook);
      config.put("endpoint_path", path);
      JsonNode given = config.path("auth_config");
      ObjectNode auth = given.isObject() ? (ObjectNode) given : config.putObject("auth_config");
      if (config.path("auth_type").asText().equals("basic")) {
        ArrayNode users = auth.putArray("users");
        secrets.forEach(one -> users.addObject().put("username", "worker").put("password", one));
      } else {
        ArrayNode all = auth.putArray("secrets");
        secrets.forEach(one -> all.add(configured.apply(one)));
      }
      tool.set("webhook_config", config);
      return tool;
    } catch (java.io.IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** All of them. */
  public static Stream<Sender> all() {
    String json = "{\"type\":\"thing.made\",\"id\":\"evt_1\",\"n\":1}";
    UnaryOperator<String> same = UnaryOperator.identity();
    UnaryOperator<String> whsec =
        secret -> "whsec_" + Base64.getEncoder().encodeToString(secret.getBytes(UTF_8));
    return Stream.of(
        new Sender(
            "Standard Webhooks v1",
            "",
            scheme("standard-webhooks"),
            true,
            true,
            "webhook-signature",
            "application/json",
            json,
            whsec,
            standard("webhook-")),
        new Sender(
            "Svix",
            "",
            scheme("svix"),
            true,
            true,
            "svix-signature",
            "application/json",
            json,
            whsec,
            standard("svix-")),
        new Sender(
            "Standard Webhooks v1a",
            "",
            scheme("standard-webhooks"),
            true,
            true,
            "webhook-signature",
            "application/json",
            json,
            secret -> "whpk_" + Base64.getEncoder().encodeToString(publicKey(secret)),
            (secret, url, body, time) ->
                Map.of(
                    "webhook-id", "msg_1",
                    "webhook-timestamp", "" + time,
                    "webhook-signature",
                        "v1a,"
                            + base64(
                                ed25519(secret, ("msg_1." + time + ".").getBytes(UTF_8), body)))),
        new Sender(
            "GitHub",
            "github",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Hub-Signature-256",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of(
                    "X-GitHub-Event", "push",
                    "X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958",
                    "X-Hub-Signature-256", "sha256=" + hex(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "GitHub, legacy",
            "github",
            scheme("github-sha1"),
            false,
            true,
            "X-Hub-Signature",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Hub-Signature", "sha1=" + hex(hmac("HmacSHA1", secret, body)))),
        new Sender(
            "GitHub, form",
            "github",
            "{\"auth_type\":\"hmac\"}",
            false,
            true,
            "X-Hub-Signature-256",
            "application/x-www-form-urlencoded",
            "payload=%7B%22ref%22%3A%22main%22%7D",
            same,
            (secret, url, body, time) ->
                Map.of("X-Hub-Signature-256", "sha256=" + hex(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "GitLab, token",
            "gitlab",
            "{\"auth_type\":\"signature\"}",
            false,
            false,
            "X-Gitlab-Token",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", secret)),
        new Sender(
            "GitLab, signed",
            "gitlab",
            "{\"auth_type\":\"signature\"}",
            true,
            true,
            "webhook-signature",
            "application/json",
            json,
            whsec,
            standard("webhook-")),
        new Sender(
            "Stripe",
            "stripe",
            "{\"auth_type\":\"signature\"}",
            true,
            true,
            "Stripe-Signature",
            "application/json; charset=utf-8",
            json,
            same,
            (secret, url, body, time) ->
                Map.of(
                    "Stripe-Signature",
                    "t="
                        + time
                        + ",v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39,v1="
                        + hex(hmac("HmacSHA256", secret, (time + ".").getBytes(UTF_8), body)))),
        new Sender(
            "Slack",
            "slack",
            "{\"auth_type\":\"signature\"}",
            true,
            true,
            "X-Slack-Signature",
            "application/json",
            json,
            same,
            versioned("X-Slack-Signature", "X-Slack-Request-Timestamp")),
        new Sender(
            "Zoom",
            "zoom",
            "{\"auth_type\":\"signature\"}",
            true,
            true,
            "x-zm-signature",
            "application/json",
            json,
            same,
            versioned("x-zm-signature", "x-zm-request-timestamp")),
        new Sender(
            "Shopify",
            "shopify",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Shopify-Hmac-Sha256",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of(
                    "X-Shopify-Topic",
                    "orders/create",
                    "X-Shopify-Hmac-Sha256",
                    base64(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "Bitbucket",
            "bitbucket",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Hub-Signature",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Hub-Signature", "sha256=" + hex(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "Gitea",
            "gitea",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Gitea-Signature",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Gitea-Signature", hex(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "Gogs",
            "gogs",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Gogs-Signature",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Gogs-Signature", hex(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "Twilio, form",
            "twilio",
            "{\"auth_type\":\"signature\"}",
            false,
            true,
            "X-Twilio-Signature",
            "application/x-www-form-urlencoded",
            "CallSid=CA1&From=%2B14158675309",
            same,
            (secret, url, body, time) ->
                Map.of(
                    "X-Twilio-Signature",
                    base64(
                        hmac(
                            "HmacSHA1",
                            secret,
                            (url + twilioParameters(new String(body, UTF_8))).getBytes(UTF_8))))),
        new Sender(
            "Discord",
            "discord",
            "{\"auth_type\":\"signature\"}",
            true,
            true,
            "X-Signature-Ed25519",
            "application/json",
            json,
            secret -> HexFormat.of().formatHex(publicKey(secret)),
            (secret, url, body, time) ->
                Map.of(
                    "X-Signature-Timestamp",
                    "" + time,
                    "X-Signature-Ed25519",
                    hex(ed25519(secret, ("" + time).getBytes(UTF_8), body)))),
        new Sender(
            "plain HMAC, hex",
            "acme",
            "{\"auth_type\":\"hmac\",\"signature_header\":\"X-Acme\",\"signature_algorithm\":\"sha512\"}",
            false,
            true,
            "X-Acme",
            "application/json",
            json,
            same,
            (secret, url, body, time) -> Map.of("X-Acme", hex(hmac("HmacSHA512", secret, body)))),
        new Sender(
            "plain HMAC, Base64 with prefix",
            "acme",
            "{\"auth_type\":\"hmac\",\"signature_header\":\"X-Acme\","
                + "\"signature_algorithm\":\"hmac-sha256-base64\",\"auth_config\":{\"prefix\":\"v1:\"}}",
            false,
            true,
            "X-Acme",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("X-Acme", "v1:" + base64(hmac("HmacSHA256", secret, body)))),
        new Sender(
            "bearer",
            "",
            "{\"auth_type\":\"bearer\"}",
            false,
            false,
            "Authorization",
            "application/json",
            json,
            same,
            (secret, url, body, time) -> Map.of("Authorization", "Bearer " + secret)),
        new Sender(
            "basic",
            "",
            "{\"auth_type\":\"basic\"}",
            false,
            false,
            "Authorization",
            "application/json",
            json,
            same,
            (secret, url, body, time) ->
                Map.of("Authorization", "Basic " + base64(("worker:" + secret).getBytes(UTF_8)))));
  }

  private static String scheme(String name) {
    return "{\"auth_type\":\"signature\",\"auth_config\":{\"scheme\":\"" + name + "\"}}";
  }

  private static Signer standard(String family) {
    return (secret, url, body, time) ->
        Map.of(
            family + "id", "msg_1",
            family + "timestamp", "" + time,
            family + "signature",
                "v1,"
                    + base64(
                        hmac("HmacSHA256", secret, ("msg_1." + time + ".").getBytes(UTF_8), body)));
  }

  private static Signer versioned(String signature, String timestamp) {
    return (secret, url, body, time) ->
        Map.of(
            timestamp, "" + time,
            signature,
                "v0="
                    + hex(hmac("HmacSHA256", secret, ("v0:" + time + ":").getBytes(UTF_8), body)));
  }

  private static String twilioParameters(String body) {
    StringBuilder all = new StringBuilder();
    Arrays.stream(body.split("&"))
        .sorted()
        .forEach(pair -> all.append(java.net.URLDecoder.decode(pair.replaceFirst("=", ""), UTF_8)));
    return all.toString();
  }

  static byte[] hmac(String algorithm, String secret, byte[]... parts)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  static byte[] sha256(byte[] data) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(data);
  }

  static byte[] publicKey(String secret) {
    byte[] encoded = keys(secret).getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  private static KeyPair keys(String secret) {
    return KEYS.computeIfAbsent(
        secret,
        name -> {
          try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
          } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
          }
        });
  }

  static byte[] ed25519(String secret, byte[]... parts) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys(secret).getPrivate());
    for (byte[] part : parts) {
      signature.update(part);
    }
    return signature.sign();
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
