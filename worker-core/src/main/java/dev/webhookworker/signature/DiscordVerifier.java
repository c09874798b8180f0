package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Discord's Ed25519 signature of {@code <timestamp><body>}; the secret is the application's public
 * key in hex.
 */
record DiscordVerifier() implements SignatureVerifier {

  private static final String SIGNATURE = "X-Signature-Ed25519";
  private static final String TIMESTAMP = "X-Signature-Timestamp";

  @Override
  public String name() {
    return "discord";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String signature = request.header(SIGNATURE);
    String timestamp = request.header(TIMESTAMP);
    if (signature == null || timestamp == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    Optional<byte[]> given = SignatureEncoding.HEX.decode(signature);
    OptionalLong time = Timestamps.parse(timestamp);
    if (given.isEmpty() || time.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    byte[] start = timestamp.getBytes(StandardCharsets.US_ASCII);
    boolean genuine = false;
    for (Secret key : secrets) {
      Optional<byte[]> publicKey = SignatureEncoding.HEX.decode(key.reveal());
      genuine |=
          publicKey.isPresent()
              && Ed25519.isGenuine(publicKey.get(), given.get(), start, request.body());
    }
    return Timestamped.decide(genuine, time.getAsLong(), window);
  }

  @Override
  public Set<String> repeatableWith() {
    return Set.of(SIGNATURE, TIMESTAMP);
  }

  @Override
  public void checkSecret(Secret secret) {
    Optional<byte[]> key = SignatureEncoding.HEX.decode(secret.reveal());
    if (key.isEmpty() || key.get().length != Ed25519.KEY_LENGTH) {
      throw new IllegalArgumentException(
          "expected the application's public key: 64 hexadecimal digits");
    }
  }
}
