package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Stripe's {@code Stripe-Signature: t=<seconds>,v1=<hex>}, the keyed hash of {@code t.<body>}; with
 * several {@code v1} while Stripe rolls a secret.
 */
record StripeVerifier() implements SignatureVerifier {

  private static final String HEADER = "Stripe-Signature";

  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String header = request.header(HEADER);
    if (header == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    String timestamp = "";
    List<byte[]> signatures = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      String item = part.trim();
      if (item.startsWith("t=")) {
        timestamp = item.substring(2);
      } else if (item.startsWith("v1=")) {
        SignatureEncoding.HEX.decode(item.substring(3)).ifPresent(signatures::add);
      }
    }
    OptionalLong time = Timestamps.parse(timestamp);
    if (time.isEmpty() || signatures.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    byte[] start = (timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    boolean genuine = false;
    for (Secret secret : secrets) {
      byte[] expected = HmacAlgorithm.SHA256.hash(secret, start, request.body());
      for (byte[] signature : signatures) {
        genuine |= MessageDigest.isEqual(expected, signature);
      }
    }
    return Timestamped.decide(genuine, time.getAsLong(), window);
  }

  @Override
  public Set<String> repeatableWith() {
    return Set.of(HEADER);
  }
}
