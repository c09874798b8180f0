package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Standard Webhooks 1.0 (standardwebhooks.com): {@code <id>.<timestamp>.<body>} signed as v1 (keyed
 * hash) or v1a (Ed25519), in {@code webhook-…} headers or Svix' older {@code svix-…}.
 */
record StandardWebhooksVerifier() implements SignatureVerifier {

  private static final List<String> FAMILIES = List.of("webhook-", "svix-");
  private static final int MOST_SIGNATURES = 16;

  @Override
  public String name() {
    return "standard-webhooks";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    for (String family : FAMILIES) {
      String signatures = request.header(family + "signature");
      if (signatures != null) {
        return verify(
            request.header(family + "id"),
            request.header(family + "timestamp"),
            signatures,
            request.body(),
            secrets.stream().map(StandardWebhooksKey::of).toList(),
            window);
      }
    }
    return Verification.invalid(HEADER_MISSING);
  }

  private static Verification verify(
      @Nullable String id,
      @Nullable String timestamp,
      String signatures,
      byte[] body,
      List<StandardWebhooksKey> keys,
      TimeWindow window) {
    if (id == null || timestamp == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    OptionalLong time = Timestamps.parse(timestamp);
    if (time.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    boolean genuine = false;
    for (String signature : signatures.split(" ", MOST_SIGNATURES + 1)) {
      int comma = signature.indexOf(',');
      if (comma < 0) {
        continue;
      }
      String version = signature.substring(0, comma);
      byte[] given =
          SignatureEncoding.BASE64.decode(signature.substring(comma + 1)).orElse(new byte[0]);
      for (StandardWebhooksKey key : keys) {
        genuine |= key.version().equals(version) && key.fits(given, start, body);
      }
    }
    return Timestamped.decide(genuine, time.getAsLong(), window, new Verification.Valid(id));
  }

  @Override
  public Set<String> repeatableWith() {
    Set<String> names = new LinkedHashSet<>();
    FAMILIES.forEach(
        family ->
            Stream.of("id", "timestamp", "signature").forEach(part -> names.add(family + part)));
    return names;
  }

  @Override
  public void checkSecret(Secret secret) {
    StandardWebhooksKey.of(secret);
  }
}
