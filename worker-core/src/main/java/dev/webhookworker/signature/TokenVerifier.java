package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;
import static dev.webhookworker.spi.Verification.Reason.MISMATCH;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.util.List;

/**
 * The secret itself in a header: {@code Authorization: Bearer <secret>}, or the bare secret in a
 * header of the sender's choice. Proves who calls and nothing about the body.
 */
record TokenVerifier(String header) implements SignatureVerifier {

  private static final String BEARER = "Bearer ";

  @Override
  public String name() {
    return "bearer";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String value = request.header(header);
    if (value == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    boolean bearer = value.regionMatches(true, 0, BEARER, 0, BEARER.length());
    if (!bearer && header.equalsIgnoreCase("Authorization")) {
      return Verification.invalid(MALFORMED);
    }
    String token = bearer ? value.substring(BEARER.length()).trim() : value;
    return Tokens.isOneOf(token, secrets) ? Verification.valid() : Verification.invalid(MISMATCH);
  }
}
