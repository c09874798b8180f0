package dev.webhookworker.signature;

import dev.webhookworker.spi.SignatureVerifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The verifiers by name: the worker's own, and those given to it, which win. Immutable. */
public final class SignatureVerifiers {

  /** The worker's own. */
  public static final SignatureVerifiers OWN = with(List.of());

  private static final Map<String, String> ALIASES =
      Map.of(
          "svix", "standard-webhooks",
          "standardwebhooks", "standard-webhooks",
          "standard_webhooks", "standard-webhooks",
          "forgejo", "gitea");

  private final Map<String, SignatureVerifier> byName;

  private SignatureVerifiers(Map<String, SignatureVerifier> byName) {
    this.byName = byName;
  }

  /** The worker's own and further ones. */
  public static SignatureVerifiers with(List<SignatureVerifier> further) {
    Map<String, SignatureVerifier> byName = new LinkedHashMap<>();
    own().forEach(verifier -> byName.put(verifier.name(), verifier));
    further.forEach(verifier -> byName.put(verifier.name(), verifier));
    return new SignatureVerifiers(byName);
  }

  private static List<SignatureVerifier> own() {
    StandardWebhooksVerifier standard = new StandardWebhooksVerifier();
    return List.of(
        standard,
        hex("github", HmacAlgorithm.SHA256, "sha256=", "X-Hub-Signature-256"),
        hex("github-sha1", HmacAlgorithm.SHA1, "sha1=", "X-Hub-Signature"),
        hex("meta", HmacAlgorithm.SHA256, "sha256=", "X-Hub-Signature-256"),
        hex("bitbucket", HmacAlgorithm.SHA256, "sha256=", "X-Hub-Signature"),
        hex("gitea", HmacAlgorithm.SHA256, "", "X-Forgejo-Signature", "X-Gitea-Signature"),
        hex("gogs", HmacAlgorithm.SHA256, "", "X-Gogs-Signature"),
        new HmacVerifier(
            "shopify",
            List.of("X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256"),
            HmacAlgorithm.SHA256,
            SignatureEncoding.BASE64,
            ""),
        new GitLabVerifier(standard),
        new StripeVerifier(),
        new TimestampedHmacVerifier("slack", "X-Slack-Signature", "X-Slack-Request-Timestamp"),
        new TimestampedHmacVerifier("zoom", "x-zm-signature", "x-zm-request-timestamp"),
        new TwilioVerifier(),
        new DiscordVerifier());
  }

  private static HmacVerifier hex(
      String name, HmacAlgorithm algorithm, String prefix, String... headers) {
    return new HmacVerifier(name, List.of(headers), algorithm, SignatureEncoding.HEX, prefix);
  }

  /** The verifier of that name in any case; empty when there is none. */
  public Optional<SignatureVerifier> named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    SignatureVerifier exact = byName.get(lower);
    return Optional.ofNullable(exact == null ? byName.get(ALIASES.getOrDefault(lower, "")) : exact);
  }

  /** All names, in order of the alphabet. */
  public Set<String> names() {
    return new TreeSet<>(byName.keySet());
  }
}
