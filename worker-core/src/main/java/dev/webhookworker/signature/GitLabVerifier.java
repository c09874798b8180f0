package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MISMATCH;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * GitLab: a signing token ({@code whsec_…}) verifies the signature, which is Standard Webhooks v1;
 * any other secret is compared with {@code X-Gitlab-Token}. A signature that is there and can be
 * checked decides alone.
 */
record GitLabVerifier(StandardWebhooksVerifier signed) implements SignatureVerifier {

  private static final String TOKEN = "X-Gitlab-Token";

  @Override
  public String name() {
    return "gitlab";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    List<Secret> signing = secrets.stream().filter(GitLabVerifier::isSigningToken).toList();
    if (!signing.isEmpty() && request.header("webhook-signature") != null) {
      return signed.verify(request, signing, window);
    }
    List<Secret> tokens = secrets.stream().filter(secret -> !isSigningToken(secret)).toList();
    String token = request.header(TOKEN);
    if (tokens.isEmpty() || token == null) {
      return Verification.invalid(HEADER_MISSING);
    }
    return Tokens.isOneOf(token, tokens) ? Verification.valid() : Verification.invalid(MISMATCH);
  }

  private static boolean isSigningToken(Secret secret) {
    return secret.reveal().startsWith(StandardWebhooksKey.SECRET_PREFIX);
  }

  @Override
  public Set<String> repeatableWith() {
    return Set.copyOf(
        Stream.of("id", "timestamp", "signature").map(part -> "webhook-" + part).toList());
  }

  @Override
  public void checkSecret(Secret secret) {
    if (isSigningToken(secret)) {
      StandardWebhooksKey.of(secret);
    }
  }
}
