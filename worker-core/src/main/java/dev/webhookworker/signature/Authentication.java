package dev.webhookworker.signature;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a tool's requests are proved, as its {@code webhook_config} says.
 *
 * @param secrets the active ones, at least one
 * @param tolerance how far a signed timestamp may lie from the time of receipt
 * @param publicUrl where senders see the endpoint, for signatures that cover the URL; null when the
 *     request says so itself
 * @param verifyToken what a subscription handshake has to show (Meta); null for none
 * @param headersRequired whether the worker refuses this tool's events without headers
 */
public record Authentication(
    SignatureVerifier verifier,
    List<Secret> secrets,
    Duration tolerance,
    @Nullable String publicUrl,
    @Nullable Secret verifyToken,
    boolean headersRequired) {

  /** The first of the active secrets that the request was signed with; empty when none was. */
  public Optional<Secret> secretOf(SignedRequest request, Instant receivedAt) {
    TimeWindow window = new TimeWindow(receivedAt, tolerance);
    return secrets.stream()
        .filter(one -> verifier.verify(request, List.of(one), window) instanceof Verification.Valid)
        .findFirst();
  }

  /** Verifies a request that was received at that time. */
  public Verification verify(SignedRequest request, Instant receivedAt) {
    return verifier.verify(request, secrets, new TimeWindow(receivedAt, tolerance));
  }

  /** Whether that text is the token of subscription handshakes; false when there is none. */
  public boolean isVerifyToken(String text) {
    return verifyToken != null && Tokens.isOneOf(text, List.of(verifyToken));
  }
}
