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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The keyed hash of {@code v0:<timestamp>:<body>}, as Slack made it and Zoom took it over. */
record TimestampedHmacVerifier(String name, String signatureHeader, String timestampHeader)
    implements SignatureVerifier {

  private static final String VERSION = "v0";

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String signature = request.header(signatureHeader);
    String timestamp = request.header(timestampHeader);
    if (signature == null || timestamp == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    OptionalLong time = Timestamps.parse(timestamp);
    if (!signature.startsWith(VERSION + "=") || time.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    Optional<byte[]> given =
        SignatureEncoding.HEX.decode(signature.substring(VERSION.length() + 1));
    if (given.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    byte[] start = (VERSION + ":" + timestamp + ":").getBytes(StandardCharsets.US_ASCII);
    boolean genuine = false;
    for (Secret secret : secrets) {
      genuine |=
          MessageDigest.isEqual(
              HmacAlgorithm.SHA256.hash(secret, start, request.body()), given.get());
    }
    return Timestamped.decide(genuine, time.getAsLong(), window);
  }

  @Override
  public Set<String> repeatableWith() {
    return Set.of(signatureHeader, timestampHeader);
  }
}
