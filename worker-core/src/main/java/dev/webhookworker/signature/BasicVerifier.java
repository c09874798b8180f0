package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;
import static dev.webhookworker.spi.Verification.Reason.MISMATCH;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code Authorization: Basic} (RFC 7617); each secret is {@code user:password}. */
record BasicVerifier() implements SignatureVerifier {

  private static final String BASIC = "Basic ";

  @Override
  public String name() {
    return "basic";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String value = request.header("Authorization");
    if (value == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Verification.invalid(MALFORMED);
    }
    Optional<byte[]> given =
        SignatureEncoding.BASE64.decode(value.substring(BASIC.length()).trim());
    if (given.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    return Tokens.isOneOf(new String(given.get(), StandardCharsets.UTF_8), secrets)
        ? Verification.valid()
        : Verification.invalid(MISMATCH);
  }
}
