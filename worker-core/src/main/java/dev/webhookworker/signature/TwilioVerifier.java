package dev.webhookworker.signature;

import static dev.webhookworker.spi.Verification.Reason.HEADER_MISSING;
import static dev.webhookworker.spi.Verification.Reason.MALFORMED;
import static dev.webhookworker.spi.Verification.Reason.MISMATCH;

import dev.webhookworker.Secret;
import dev.webhookworker.spi.SignatureVerifier;
import dev.webhookworker.spi.SignedRequest;
import dev.webhookworker.spi.TimeWindow;
import dev.webhookworker.spi.Verification;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Twilio's {@code X-Twilio-Signature}: HMAC-SHA1 (or SHA-256, where a webhook rule says so) of the
 * URL and, for a form, of its parameters in order; for another body the URL carries {@code
 * bodySHA256}. Twilio itself is not of one mind about the port in the URL, so it is tried with and
 * without.
 */
record TwilioVerifier() implements SignatureVerifier {

  private static final String BODY_HASH = "bodySHA256";

  @Override
  public String name() {
    return "twilio";
  }

  @Override
  public Verification verify(SignedRequest request, List<Secret> secrets, TimeWindow window) {
    String signature = request.header("X-Twilio-Signature");
    if (signature == null || request.url().isEmpty()) {
      return Verification.invalid(HEADER_MISSING);
    }
    Optional<byte[]> given = SignatureEncoding.BASE64.decode(signature);
    String parameters = signedParameters(request);
    if (given.isEmpty() || parameters == null) {
      return Verification.invalid(MALFORMED);
    }
    String settings = request.header("X-Twilio-Webhooks-Signature-Settings");
    HmacAlgorithm algorithm =
        settings != null && settings.contains("algorithm=HMAC_SHA256")
            ? HmacAlgorithm.SHA256
            : HmacAlgorithm.SHA1;
    boolean genuine = false;
    for (String url : spellings(request.url())) {
      byte[] signed = (url + parameters).getBytes(StandardCharsets.UTF_8);
      for (Secret secret : secrets) {
        genuine |= MessageDigest.isEqual(algorithm.hash(secret, signed), given.get());
      }
    }
    return genuine ? Verification.valid() : Verification.invalid(MISMATCH);
  }

  /** What follows the URL in the signed text; null when the body is not the one that was signed. */
  private static @Nullable String signedParameters(SignedRequest request) {
    try {
      int query = request.url().indexOf('?');
      String bodyHash =
          query < 0 ? null : FormBody.parse(request.url().substring(query + 1)).first(BODY_HASH);
      if (bodyHash != null) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(request.body());
        Optional<byte[]> claimed = SignatureEncoding.HEX.decode(bodyHash);
        return claimed.isPresent() && MessageDigest.isEqual(hash, claimed.get()) ? "" : null;
      }
      StringBuilder all = new StringBuilder();
      new TreeMap<>(FormBody.parse(request.body()).parameters())
          .forEach(
              (name, values) ->
                  new TreeSet<>(values).forEach(value -> all.append(name).append(value)));
      return all.toString();
    } catch (IllegalArgumentException notAForm) {
      return null;
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static List<String> spellings(String url) {
    List<String> spellings = new ArrayList<>(List.of(url));
    try {
      URI uri = new URI(url);
      String authority = uri.getRawAuthority();
      if (authority != null && uri.getHost() != null && uri.getScheme() != null) {
        int standardPort = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        String other =
            uri.getPort() < 0
                ? authority + ":" + standardPort
                : authority.substring(0, authority.lastIndexOf(':'));
        spellings.add(
            url.replaceFirst(
                "://" + Pattern.quote(authority), Matcher.quoteReplacement("://" + other)));
      }
    } catch (URISyntaxException onlyAsItIs) {
      return spellings;
    }
    return spellings;
  }
}
