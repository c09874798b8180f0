package dev.webhookworker.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.webhookworker.OpsSettings;
import dev.webhookworker.Secret;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bearer tokens for scripts; for browsers a session with a cookie. Failed attempts are counted, and
 * a token is compared in constant time. A right token always passes: who guesses must not be able
 * to lock out its owner, and a token is too long to be guessed. Thread-safe.
 */
final class TokenAccess implements Access {

  private static final Logger LOG = LoggerFactory.getLogger(TokenAccess.class);
  private static final String BEARER = "bearer ";
  private static final String COOKIE = "worker_ops";

  private final OpsSettings settings;
  private final Sessions sessions;
  private final Attempts attempts;

  TokenAccess(OpsSettings settings, Clock clock, LongSupplier nanoTime) {
    this.settings = settings;
    sessions = new Sessions(clock, settings.sessionLifetime());
    attempts = new Attempts(nanoTime);
  }

  @Override
  public Visitor visitor(HttpExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return byToken(exchange, authorization.substring(BEARER.length()).trim());
    }
    return cookie(exchange)
        .flatMap(sessions::find)
        .map(TokenAccess::visitor)
        .orElseThrow(
            () ->
                ApiProblem.of(
                    401,
                    "unauthenticated",
                    "log in, or send the token as 'Authorization: Bearer …'"));
  }

  private Visitor byToken(HttpExchange exchange, String token) {
    String address = address(exchange);
    Role role =
        role(token)
            .orElseThrow(
                () -> {
                  attempts.checkAddress(address);
                  return refused(address);
                });
    @Nullable String actor = exchange.getRequestHeaders().getFirst("X-Actor");
    return new Visitor(
        new Principal(actor == null ? "ops-" + role.code() : name(actor), role),
        Optional.empty(),
        "token");
  }

  private static Visitor visitor(Sessions.Session session) {
    return new Visitor(session.principal(), Optional.of(session.csrf()), "session");
  }

  @Override
  public Visitor login(HttpExchange exchange, String token, String name) {
    String address = address(exchange);
    Role role =
        role(token)
            .orElseThrow(
                () -> {
                  attempts.checkLogin(address);
                  return refused(address);
                });
    cookie(exchange).ifPresent(sessions::close);
    Sessions.Opened opened = sessions.open(new Principal(name(name), role));
    setCookie(exchange, opened.id(), sessions.lifetime().toSeconds());
    LOG.atInfo()
        .addKeyValue("actor", opened.session().principal().name())
        .addKeyValue("role", role.code())
        .addKeyValue("address", address)
        .log("Somebody logged in to the operations page");
    return visitor(opened.session());
  }

  private static String name(String given) {
    String name = given.trim();
    if (!Principal.isName(name)) {
      throw ApiProblem.badRequest(
          "a name of 1 to 64 printable characters is needed: it stands in the audit log");
    }
    return name;
  }

  private ApiProblem refused(String address) {
    attempts.failed(address);
    LOG.atWarn().addKeyValue("address", address).log("A token for the operations page was refused");
    return ApiProblem.of(401, "unauthenticated", "this is no valid token");
  }

  @Override
  public void logout(HttpExchange exchange) {
    cookie(exchange).ifPresent(sessions::close);
    setCookie(exchange, "", 0);
  }

  /** Every token is compared with every configured one, whatever comes out. */
  private Optional<Role> role(String token) {
    boolean operator = matches(token, settings.operatorToken());
    boolean viewer = matches(token, settings.viewerToken());
    return operator
        ? Optional.of(Role.OPERATOR)
        : viewer ? Optional.of(Role.VIEWER) : Optional.empty();
  }

  private static boolean matches(String token, @Nullable Secret expected) {
    return expected != null
        && MessageDigest.isEqual(Sessions.sha256(token), Sessions.sha256(expected.reveal()));
  }

  private static String address(HttpExchange exchange) {
    return exchange.getRemoteAddress().getAddress().getHostAddress();
  }

  private static Optional<String> cookie(HttpExchange exchange) {
    for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
      for (String pair : header.split(";", -1)) {
        String[] parts = pair.trim().split("=", 2);
        if (parts.length == 2 && parts[0].equals(COOKIE) && !parts[1].isEmpty()) {
          return Optional.of(parts[1]);
        }
      }
    }
    return Optional.empty();
  }

  private static void setCookie(HttpExchange exchange, String value, long maxAge) {
    exchange
        .getResponseHeaders()
        .add(
            "Set-Cookie",
            COOKIE
                + "="
                + value
                + "; Path="
                + exchange.getHttpContext().getPath()
                + "; Max-Age="
                + maxAge
                + "; HttpOnly; SameSite=Strict"
                + (isEncrypted(exchange) ? "; Secure" : ""));
  }

  /** A client that lies about it makes only its own cookie stricter. */
  private static boolean isEncrypted(HttpExchange exchange) {
    @Nullable String forwarded = exchange.getRequestHeaders().getFirst("X-Forwarded-Proto");
    @Nullable String standard = exchange.getRequestHeaders().getFirst("Forwarded");
    return exchange instanceof HttpsExchange
        || "https".equalsIgnoreCase(forwarded)
        || (standard != null && standard.toLowerCase(Locale.ROOT).contains("proto=https"));
  }
}
