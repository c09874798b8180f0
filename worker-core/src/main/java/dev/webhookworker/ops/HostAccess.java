package dev.webhookworker.ops;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The host knows who asks. Acts still have to prove that they come from the page. */
final class HostAccess implements Access {

  private final Authenticator authenticator;
  private final SecretKeySpec key;

  HostAccess(Authenticator authenticator) {
    this.authenticator = authenticator;
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  @Override
  public Visitor visitor(HttpExchange exchange) {
    Principal principal =
        authenticator
            .authenticate(exchange)
            .orElseThrow(
                () -> ApiProblem.of(401, "unauthenticated", "log in to the service first"));
    return new Visitor(principal, Optional.of(csrf(principal)), "host");
  }

  private String csrf(Principal principal) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] bytes = mac.doFinal(principal.name().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public Visitor login(HttpExchange exchange, String token, String name) {
    throw ApiProblem.notFound("the service that this page belongs to logs people in");
  }

  @Override
  public void logout(HttpExchange exchange) {}
}
