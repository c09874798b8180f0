package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;
import static dev.webhookworker.spi.Verification.Reason.MISMATCH;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A keyed hash of the body in one header: GitHub, Shopify, Bitbucket, Gitea, Gogs and what a tool
 * configures itself. Has no timestamp, so a request is as good in a year as today.
 *
 * @param headers names in order; the first that is there counts, and a bad one is not rescued by
 *     the next
 * @param prefix what has to stand before the signature; when empty, the algorithm's own may
 */
record HmacVerifier(
    String name,
    List<String> headers,
    HmacAlgorithm algorithm,
    SignatureEncoding encoding,
    String prefix)
    implements SignatureVerifier {

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    for (String header : headers) {
      String value = request.header(header);
      if (value != null) {
        return verify(value, request.body(), secrets);
      }
    }
    return Verification.invalid(HEADER_MISSING);
  }

  private Verification verify(String value, byte[] body, List<Secret> secrets) {
    String expectedPrefix = prefix.isEmpty() ? algorithm.prefix() : prefix;
    boolean prefixed = value.startsWith(expectedPrefix);
    if (!prefixed && !prefix.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    Optional<byte[]> given =
        encoding.decode(prefixed ? value.substring(expectedPrefix.length()) : value);
    if (given.isEmpty()) {
      return Verification.invalid(MALFORMED);
    }
    boolean genuine = false;
    for (Secret secret : secrets) {
      genuine |= MessageDigest.isEqual(algorithm.hash(secret, body), given.get());
    }
    return genuine ? Verification.valid() : Verification.invalid(MISMATCH);
  }

  @Override
  public Set<String> repeatableWith() {
    return Set.copyOf(headers);
  }
}
